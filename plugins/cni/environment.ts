import { CniCode, CniError } from "./errors.ts";

/** Verbs that have a handler. */
export type Verb = "ADD" | "DEL" | "CHECK" | "GC" | "STATUS";

/** What the runtime says about the attachment; empty where it says nothing. */
export interface CniEnvironment {
  readonly command: string;
  readonly containerId: string;
  readonly netns: string;
  readonly ifname: string;
  readonly args: string;
  readonly path: string;
}

interface Variable {
  readonly name: string;
  readonly field: keyof CniEnvironment;
  readonly requiredFor: readonly string[];
}

const all = ["ADD", "CHECK", "DEL", "GC", "STATUS"];
const attachment = ["ADD", "CHECK", "DEL"];

/** CNI specification, "Parameters"; `CNI_PATH` is required as the reference library requires it. */
const variables: readonly Variable[] = [
  { name: "CNI_COMMAND", field: "command", requiredFor: [] },
  { name: "CNI_CONTAINERID", field: "containerId", requiredFor: attachment },
  { name: "CNI_NETNS", field: "netns", requiredFor: ["ADD", "CHECK"] },
  { name: "CNI_IFNAME", field: "ifname", requiredFor: attachment },
  { name: "CNI_ARGS", field: "args", requiredFor: [] },
  { name: "CNI_PATH", field: "path", requiredFor: all },
];

/** Names of the variables that a plugin reads: its permission needs no more. */
export const cniVariableNames: readonly string[] = [...variables.map(({ name }) => name), "CNI_NETNS_OVERRIDE"];

/**
 * Reads the environment.
 *
 * @throws {CniError} code 4, naming all variables that the verb needs and does not have
 */
export function readEnvironment(getenv: (name: string) => string | undefined): CniEnvironment {
  const environment = { command: "", containerId: "", netns: "", ifname: "", args: "", path: "" };
  for (const { name, field } of variables) environment[field] = getenv(name) ?? "";
  const missing = variables.filter(({ field, requiredFor }) =>
    environment[field] === "" && requiredFor.includes(environment.command)
  );
  if (missing.length === 0) return environment;
  const names = missing.map(({ name }) => name).join(",");
  throw new CniError(CniCode.BadEnvironment, `required env variables [${names}] missing`);
}

/**
 * Checks the names of the attachment.
 *
 * @throws {CniError} code 3 or 4
 */
export function checkAttachment({ containerId, ifname }: CniEnvironment): void {
  if (containerId === "") throw new CniError(CniCode.UnknownContainer, "missing containerID");
  if (!isName(containerId)) {
    throw new CniError(CniCode.BadEnvironment, "invalid characters in containerID", {
      details: `CNI_CONTAINERID is ${JSON.stringify(containerId)}`,
    });
  }
  const flaw = ifnameFlaw(ifname);
  if (flaw === undefined) return;
  throw new CniError(CniCode.BadEnvironment, flaw, { details: `CNI_IFNAME is ${JSON.stringify(ifname)}` });
}

/** Whether `text` may be a container ID or a network name. */
export function isName(text: string): boolean {
  return /^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/.test(text);
}

/** Longest name of a link, in bytes; source: linux/if.h, IFNAMSIZ without its NUL. */
const MAX_IFNAME_BYTES = 15;

function ifnameFlaw(ifname: string): string | undefined {
  if (ifname === "") return "interface name is empty";
  if (new TextEncoder().encode(ifname).length > MAX_IFNAME_BYTES) {
    return `interface name is too long: more than ${MAX_IFNAME_BYTES} bytes`;
  }
  if (ifname === "." || ifname === "..") return "interface name is . or ..";
  return /[/:\s]/.test(ifname) ? "interface name contains / or : or whitespace characters" : undefined;
}
