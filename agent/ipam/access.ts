import { LocalPoolClaims } from "../../crd/ipam/claims.ts";
import { kubePoolStore } from "../../crd/ipam/kube_pool_store.ts";
import { agentClients, agentReads } from "./clients.ts";
import { ClusterView } from "./cluster_view.ts";
import type { ExplainDeps } from "./explain.ts";
import { FreeSignal } from "./free_signal.ts";
import type { IpamOptions } from "./ipam_options.ts";
import { peersOf } from "./peers.ts";
import { claimsAfterPredecessor } from "./predecessor.ts";

/** What {@linkcode createAccess} makes. */
export type Access = ReturnType<typeof createAccess>;

/** The ways to the cluster: what is watched, and who writes pools; each tells the other what it saw. */
export function createAccess(
  { transport, journal, config, clock, random, log, requestTimeoutMs = 10_000, maxAllocatedIPs, poolObserver, peers }:
    IpamOptions,
) {
  const clients = agentClients(transport, { clock, timeoutMs: requestTimeoutMs });
  const reads = agentReads(clients, { clock, random });
  const freed = new FreeSignal({ clock, random });
  const view: ClusterView = new ClusterView({
    clients,
    reads,
    nodeName: config.nodeName,
    clock,
    random,
    log,
    onPool(pool, resourceVersion) {
      if (resourceVersion === undefined) claims.forget(pool);
      else claims.observe(pool, resourceVersion);
      freed.changed(pool);
    },
  });
  const claims: LocalPoolClaims = new LocalPoolClaims({
    store: kubePoolStore(clients.pools),
    clock,
    random,
    log,
    reserved: (family) => view.reserved(family),
    onFreed: (pool) => freed.notify(pool),
    observer: poolObserver,
    maxRecords: maxAllocatedIPs,
  });
  const own = claimsAfterPredecessor(claims, journal);
  const shared = peers === undefined ? { claims: own } : peersOf(own, { ...peers, view, clock, random, log });
  const limitsOf: ExplainDeps["limitsOf"] = (pool, view) => claims.limitsOf(pool, view);
  return { clients, reads, freed, view, committer: undefined, writers: claims, limitsOf, ...shared };
}
