import type { Pod } from "../../crd/core/mod.ts";
import { resultsOfEndpoint } from "../../crd/ipam/endpoint.ts";
import { type DryRunAccess, DryRunClaims } from "../../crd/ipam/dry_run_claims.ts";
import { isPodUid, podUidOf } from "../../crd/ipam/pod_identity.ts";
import type { ExplainAnswer, ExplainAttachment, ExplainQuery } from "../api/explain_types.ts";
import { withDeadline } from "./deadline.ts";
import type { IpamDeps } from "./deps.ts";
import { attachmentOf, attachmentText } from "./explain_answer.ts";
import { assumedArgs } from "./explain_args.ts";
import { dryRun } from "./explain_dry_run.ts";
import type { AddMemory, RememberedAdd } from "./explain_memory.ts";

/** How long an answer may take, in milliseconds. */
const DEADLINE_MS = 20_000;

/** What {@linkcode explain} works with. */
export interface ExplainDeps {
  /** Of the ADD; nothing of it is written with. */
  readonly ipam: IpamDeps;
  readonly memory: AddMemory;
  readonly limitsOf: DryRunAccess["limitsOf"];
}

/**
 * Says what an ADD of a Pod would do now, and why. Claims and writes nothing; reads the Pod, its endpoint, and each
 * pool that an ADD would ask once. NICs are looked at one after the other: what one would get, the next does not.
 *
 * @returns `undefined` when there is no such Pod
 * @throws what the API server said, or the reason of `signal`
 */
export function explain(
  deps: ExplainDeps,
  query: ExplainQuery,
  signal: AbortSignal,
): Promise<ExplainAnswer | undefined> {
  const { clock } = deps.ipam;
  const options = {
    clock,
    ms: DEADLINE_MS,
    signal,
    action: `Cannot explain Pod "${query.podNamespace}/${query.podName}"`,
  };
  return withDeadline(options, async ({ signal }) => {
    const pod = await deps.ipam.view.livePod({ namespace: query.podNamespace, name: query.podName }, signal);
    if (pod === undefined) return undefined;
    return elsewhere(pod, deps.ipam.config.nodeName) ?? await explainHere(deps, query, { pod, signal });
  });
}

/** The answer for a Pod that this agent never gets an ADD of. */
function elsewhere(pod: Pod, nodeName: string): ExplainAnswer | undefined {
  const { nodeName: node = "", hostNetwork = false } = pod.spec;
  const none = { attachments: [], node };
  if (hostNetwork) {
    const text = "it uses the network of its node (spec.hostNetwork), so no ADD comes for it\n";
    return { ...headOf(pod), ...none, outcome: "host-network", text: `${subjectOf(pod)}: ${text}` };
  }
  if (node === "") {
    const text = "it is not scheduled to a node yet, and pools may depend on the node: ask again when it is\n";
    return { ...headOf(pod), ...none, outcome: "not-scheduled", text: `${subjectOf(pod)}: ${text}` };
  }
  if (node === nodeName) return undefined;
  const text = `it is on node "${node}", this agent serves node "${nodeName}": ask the agent there\n`;
  return { ...headOf(pod), ...none, outcome: "other-node", text: `${subjectOf(pod)}: ${text}` };
}

async function explainHere(
  deps: ExplainDeps,
  query: ExplainQuery,
  { pod, signal }: { readonly pod: Pod; readonly signal: AbortSignal },
): Promise<ExplainAnswer> {
  const { ipam, limitsOf } = deps;
  const claims = new DryRunClaims({
    read: (name, signal) => ipam.reads.pools.get({ name }, signal === undefined ? {} : { signal }),
    limitsOf,
  });
  const last = lastAddsOf(deps.memory, query, pod);
  const attachments: ExplainAttachment[] = [];
  const lines = [subjectOf(pod)];
  for (const ifName of query.ifName === undefined ? await nicsOf(ipam, query, { last, signal }) : [query.ifName]) {
    const lastAdd = last.get(ifName);
    const { args, origins, arePoolsUnknown } = assumedArgs(query, ifName, lastAdd);
    const end = await dryRun(ipam, args, { claims, arePoolsUnknown, signal });
    const attachment = attachmentOf(end, { ifName, args: origins, lastAdd });
    attachments.push(attachment);
    lines.push(...attachmentText(end, attachment));
  }
  const text = lines.map((line) => `${line}\n`).join("");
  return { ...headOf(pod), node: pod.spec.nodeName ?? "", outcome: "explained", attachments, text };
}

/** ADDs of this incarnation that are remembered, by NIC. A runtime that tells no UID is believed. */
function lastAddsOf(memory: AddMemory, query: ExplainQuery, pod: Pod): ReadonlyMap<string, RememberedAdd> {
  const all = [...memory.of(query)];
  return new Map(all.filter(([, { args }]) => args.podUID === "" || isPodUid(pod, args.podUID)));
}

/** NICs that an ADD is remembered of or that the endpoint lists; else the one every Pod has. */
async function nicsOf(
  { endpoints }: IpamDeps,
  { podNamespace: namespace, podName: name }: ExplainQuery,
  { last, signal }: { readonly last: ReadonlyMap<string, RememberedAdd>; readonly signal: AbortSignal },
): Promise<readonly string[]> {
  const endpoint = await endpoints.get({ namespace, name }, signal);
  const listed = endpoint === undefined ? [] : resultsOfEndpoint(endpoint).map(({ nic }) => nic);
  const nics = [...new Set([...last.keys(), ...listed])].filter((nic) => nic !== "").sort();
  return nics.length === 0 ? ["eth0"] : nics;
}

function headOf(pod: Pod): Pick<ExplainAnswer, "podNamespace" | "podName" | "podUID"> {
  const { namespace = "", name } = pod.metadata;
  return { podNamespace: namespace, podName: name, podUID: podUidOf(pod) };
}

function subjectOf(pod: Pod): string {
  return `Pod ${pod.metadata.namespace ?? ""}/${pod.metadata.name} (UID ${podUidOf(pod)}) on node ${
    pod.spec.nodeName ?? "none"
  }`;
}
