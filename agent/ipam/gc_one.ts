import { formatAddress } from "../../net/ip/address.ts";
import type { SpiderEndpoint } from "../../crd/generated/mod.ts";
import { resultsOfEndpoint } from "../../crd/ipam/endpoint.ts";
import { isPodAlive } from "../../crd/ipam/pod_alive.ts";
import { isPodUid } from "../../crd/ipam/pod_identity.ts";
import type { FreedAttachment } from "../api/gc_types.ts";
import { type Deadline, withDeadline } from "./deadline.ts";
import type { IpamDeps } from "./deps.ts";
import { fixedOwner } from "./fixed_owner.ts";
import type { AddMemory } from "./explain_memory.ts";
import { type GcScope, type StaleNic, staleNicsOf } from "./gc_stale.ts";
import { type GcVerdict, gcVerdict } from "./gc_verdict.ts";
import { freeAll } from "./release.ts";
import { releaseNics } from "./release_nics.ts";

/**
 * How long after its ADD a container is not looked at, in milliseconds. The runtime's list is older than the request: it
 * ends what it knows to be gone before it asks.
 */
const LATELY_MS = 120_000;

/** What a GC works with, and what it is about. */
export interface GcRun {
  readonly ipam: IpamDeps;
  readonly memory: Pick<AddMemory, "of">;
  readonly scope: GcScope;
}

type Freeing = Exclude<GcVerdict, { kind: "keep" }>;

/** A Pod's endpoint, its verdict, and the Pod as the API server had it. */
interface Judged {
  readonly verdict: GcVerdict;
  readonly endpoint: SpiderEndpoint;
  readonly pod: Awaited<ReturnType<IpamDeps["view"]["livePod"]>>;
}

/**
 * Frees the stale NICs of one endpoint if their Pod needs them no more. A Pod with a request under way is left alone:
 * whoever asked for it knows better than the runtime's list.
 *
 * @param listed how a list had it; it is read again
 * @returns what was freed; `undefined` if it stays
 * @throws what the API server said: a part may be freed then
 */
export async function collectOne(
  run: GcRun,
  listed: SpiderEndpoint,
  signal: AbortSignal,
): Promise<readonly FreedAttachment[] | undefined> {
  const { clock, config, running, view } = run.ipam;
  const { namespace = "", name } = listed.metadata;
  const cached = view.cachedPod({ namespace, name });
  const isKnownAlive = cached !== undefined && isPodAlive(cached) &&
    isPodUid(cached, listed.status?.current.uid ?? "");
  const podArgs = { podNamespace: namespace, podName: name };
  if (isKnownAlive || running.isBusy(podArgs)) return undefined;
  return await withDeadline(
    { clock, ms: config.deadlineMs, signal, action: `Cannot free addresses of Pod "${namespace}/${name}"` },
    (deadline) => running.alone(podArgs, () => collectAlone(run, listed, deadline), deadline),
  );
}

async function collectAlone(
  run: GcRun,
  listed: SpiderEndpoint,
  deadline: Deadline,
): Promise<readonly FreedAttachment[] | undefined> {
  const judged = await judge(run, listed, deadline.signal);
  if (judged === undefined) return [];
  const { verdict, endpoint } = judged;
  const { namespace, name } = endpoint.metadata;
  const fields = { pod: `${namespace}/${name}`, podUid: endpoint.status?.current.uid, network: run.scope.network };
  if (verdict.kind === "keep") {
    run.ipam.log.debug("kept addresses of a container that has gone", { ...fields, reason: verdict.reason });
    return undefined;
  }
  const freed = await free(run.ipam, { ...judged, verdict }, deadline);
  const attachments = verdict.nics.map((nic) => freedOf(nic, endpoint, freed));
  run.ipam.log.info("freed addresses of a container that has gone", { ...fields, nics: verdict.nics, freed });
  return attachments;
}

/** @returns `undefined` when there is nothing stale any more */
async function judge(run: GcRun, { metadata }: SpiderEndpoint, signal: AbortSignal): Promise<Judged | undefined> {
  const { ipam, memory, scope } = run;
  const { namespace = "", name } = metadata;
  const [pod, endpoint] = await Promise.all([
    ipam.view.livePod({ namespace, name }, signal),
    ipam.endpoints.get({ namespace, name }, signal),
  ]);
  if (endpoint === undefined) return undefined;
  const stale = staleNicsOf(endpoint, scope);
  if (stale.length === 0) return undefined;
  const owner = await fixedOwner(ipam, { pod, endpoint }, signal);
  const earliestMs = ipam.clock.now() - LATELY_MS;
  const adds = [...memory.of({ podNamespace: namespace, podName: name }).values()];
  const wasAddedLately = (containerId: string) =>
    adds.some(({ args, atMs }) => args.containerID === containerId && atMs > earliestMs);
  return { verdict: gcVerdict({ endpoint, pod, stale, owner, wasAddedLately }), endpoint, pod };
}

function free(
  ipam: IpamDeps,
  { verdict, endpoint, pod }: Judged & { readonly verdict: Freeing },
  deadline: Deadline,
): Promise<readonly string[]> {
  if (verdict.kind === "end") return freeAll(ipam, { ...verdict.decision, pod }, deadline);
  const { podUid, nics } = verdict;
  return releaseNics(ipam, { endpoint, podUid, nics: new Set(nics.map(({ nic }) => nic)) }, deadline);
}

/** @param freed canonical addresses */
function freedOf({ nic, containerId }: StaleNic, endpoint: SpiderEndpoint, freed: readonly string[]): FreedAttachment {
  const own = resultsOfEndpoint(endpoint).filter((result) => result.nic === nic);
  return {
    podNamespace: endpoint.metadata.namespace ?? "",
    podName: endpoint.metadata.name,
    containerID: containerId,
    ifName: nic,
    addresses: own.map(({ address }) => formatAddress(address)).filter((address) => freed.includes(address)),
  };
}
