import { CniCode, CniError } from "./errors.ts";

/** What `CNI_ARGS` holds for a Pod; a key that is not given is empty. */
export interface PodArgs {
  readonly podName: string;
  readonly podNamespace: string;
  readonly podUid: string;
}

/** {@linkcode PodArgs} and what is wrong with the text they came from. */
export interface ParsedArgs {
  readonly args: PodArgs;
  readonly problems: readonly string[];
}

const IGNORE_UNKNOWN = "IgnoreUnknown";
/** `IP` and the infra container are accepted and not used. */
const knownKeys = [
  IGNORE_UNKNOWN,
  "IP",
  "K8S_POD_NAME",
  "K8S_POD_NAMESPACE",
  "K8S_POD_UID",
  "K8S_POD_INFRA_CONTAINER_ID",
];
const flagValues = ["1", "true", "0", "false"];

/**
 * Reads `CNI_ARGS`, `K=V;K=V`.
 *
 * @throws {CniError} code 4, naming all that is wrong
 */
export function parseArgs(text: string): PodArgs {
  const { args, problems } = readArgs(text);
  if (problems.length > 0) throw new CniError(CniCode.BadEnvironment, `Cannot read CNI_ARGS: ${problems.join("; ")}`);
  return args;
}

/** Reads what can be read of `CNI_ARGS`: DEL goes on with it. */
export function readArgs(text: string): ParsedArgs {
  const pairs = text === "" ? [] : text.split(";").map((pair) => ({ pair, parts: pair.split("=") }));
  const broken = pairs.filter(({ parts }) => parts.length !== 2);
  const values = new Map(pairs.filter(({ parts }) => parts.length === 2).map(({ parts: [k = "", v = ""] }) => [k, v]));
  const ignore = (values.get(IGNORE_UNKNOWN) ?? "").toLowerCase();
  const unknown = ["1", "true"].includes(ignore) ? [] : [...values.keys()].filter((key) => !knownKeys.includes(key));
  const problems = [
    ...broken.map(({ pair }) => `${JSON.stringify(pair)} is no KEY=VALUE pair`),
    ...(values.has(IGNORE_UNKNOWN) && !flagValues.includes(ignore) ? [`${IGNORE_UNKNOWN} must be true or false`] : []),
    ...(unknown.length > 0 ? [`unknown args ${JSON.stringify(unknown)}`] : []),
  ];
  const args = {
    podName: values.get("K8S_POD_NAME") ?? "",
    podNamespace: values.get("K8S_POD_NAMESPACE") ?? "",
    podUid: values.get("K8S_POD_UID") ?? "",
  };
  return { args, problems };
}
