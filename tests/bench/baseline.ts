/**
 * A model of how upstream's agent allocates, to compare with: spec/ipam.md §7, §9, §13 and §14.1. It is no upstream: its
 * records are handled by the code of this project, which is faster than upstream's expanded lists; it has no informers
 * (upstream's follow whole pools); it shares the event loop with everything else here.
 *
 * @module
 */
import { systemClock } from "../../net/base/clock.ts";
import { AddressSet } from "../../net/ip/mod.ts";
import { KeyedLock } from "../../agent/ipam/keyed_lock.ts";
import { type Pod, pods } from "../../crd/core/mod.ts";
import { type SpiderEndpoint, spiderEndpoints, type SpiderIPPool, spiderIPPools } from "../../crd/generated/mod.ts";
import { planBatch } from "../../crd/ipam/batch.ts";
import { poolViewOf } from "../../crd/ipam/pool_view.ts";
import type { ClaimRequest, ReleaseRequest } from "../../crd/ipam/requests.ts";
import { resourceClient } from "../../crd/kube/client.ts";
import type { ResourceClient } from "../../crd/kube/client_types.ts";
import type { KubeTransport } from "../../crd/kube/contract.ts";
import { countingTransport } from "../../crd/kube/counting.ts";
import { isConflict } from "../../crd/kube/errors.ts";
import { type BenchAgent, type BenchPod, countsOf } from "./bench_agent.ts";

/** Pauses before the tries after a conflict, in milliseconds, each up to a tenth longer. Source: spec/ipam.md §9.3. */
const PAUSES_MS = [10, 15, 22.5, 33.75];
const FINALIZER = "spiderpool.spidernet.io";

/** All tries of one pool met a conflict. */
export class RetriesExhaustedError extends Error {
  override readonly name = "RetriesExhaustedError";
  constructor(readonly pool: string) {
    super(`Cannot write IPPool "${pool}": exhaust all retries`);
  }
}

/** An agent that reads and writes the whole pool for each address, and gives up after the fifth conflict. */
export function upstreamLikeAgent(node: string, transport: KubeTransport): Promise<BenchAgent> {
  const counting = countingTransport(transport, { countAnswers: false });
  const agent = new UpstreamLike(node, counting);
  return Promise.resolve({
    add: (pod, signal) => agent.add(pod, signal),
    release: (pod, signal) => agent.release(pod, signal),
    ...countsOf(counting),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  });
}

class UpstreamLike {
  readonly #node: string;
  readonly #pods: ResourceClient<Pod>;
  readonly #pools: ResourceClient<SpiderIPPool>;
  readonly #endpoints: ResourceClient<SpiderEndpoint>;
  /** One request at a time for the pools that the Pods of a measurement share. */
  readonly #queue = new KeyedLock();

  constructor(node: string, transport: KubeTransport) {
    this.#node = node;
    this.#pods = resourceClient(transport, pods, { clock: systemClock });
    this.#pools = resourceClient(transport, spiderIPPools, { clock: systemClock });
    this.#endpoints = resourceClient(transport, spiderEndpoints, { clock: systemClock });
  }

  async add(pod: BenchPod, signal: AbortSignal): Promise<void> {
    const names = Object.values(pod.pools);
    await this.#queue.run(names.join(), () => Promise.all(names.map((name) => this.#claim(name, pod, signal))));
    await this.#endpoints.create(endpointOf(pod, this.#node), { signal });
  }

  async release({ name, namespace, uid, pools }: BenchPod, signal: AbortSignal): Promise<void> {
    const key = { name, namespace };
    await this.#pods.get(key, { signal });
    await this.#endpoints.get(key, { signal });
    const names = Object.values(pools);
    await this.#queue.run(names.join(), () =>
      Promise.all(names.map((pool) => {
        const request = { kind: "release", pool, podUid: uid } as const;
        return this.#rewrite(pool, () => request, signal);
      })));
    await this.#endpoints.patch(key, { type: "merge", patch: { metadata: { finalizers: [] } } }, { signal });
  }

  #claim(name: string, pod: BenchPod, signal: AbortSignal): Promise<void> {
    return this.#rewrite(name, ({ metadata: { generation = 0, uid = "" } }) => ({
      kind: "claim",
      pool: name,
      generation,
      poolUid: uid,
      identity: { pod: `${pod.namespace}/${pod.name}`, podUid: pod.uid, nic: "eth0", node: this.#node },
    }), signal);
  }

  /** Reads, decides and writes the whole pool, five times at most. */
  async #rewrite(
    name: string,
    requestFor: (pool: SpiderIPPool) => ClaimRequest | ReleaseRequest,
    signal: AbortSignal,
  ): Promise<void> {
    for (const pauseMs of [...PAUSES_MS, undefined]) {
      const pool = await this.#pools.get({ name }, { signal });
      try {
        await this.#pools.updateStatus(rewritten(pool, requestFor(pool)), { signal });
        return;
      } catch (err) {
        if (!isConflict(err)) throw err;
      }
      if (pauseMs !== undefined) await systemClock.sleep(pauseMs * (1 + Math.random() / 10), signal);
    }
    throw new RetriesExhaustedError(name);
  }
}

/** The pool after `request`. @throws {Error} if it has no address left */
function rewritten(pool: SpiderIPPool, request: ClaimRequest | ReleaseRequest): SpiderIPPool {
  const view = poolViewOf(pool);
  const reserved = AddressSet.empty(view.shape.family);
  const { records, outcomes: [outcome] } = planBatch(view, [request], {
    reserved,
    maxRecords: 5000,
    maxBytes: 1_300_000,
    nowMs: Date.now(),
  });
  if (outcome?.kind === "refused") throw new Error(`Cannot allocate from IPPool "${view.name}": used out`);
  const allocatedIPs = records.encode();
  return {
    ...pool,
    status: { ...(allocatedIPs === undefined ? {} : { allocatedIPs }), allocatedIPCount: records.size },
  };
}

/** Like the endpoint that an ADD of this project writes. */
function endpointOf({ name, namespace, uid, pools }: BenchPod, node: string): SpiderEndpoint {
  return {
    apiVersion: "spiderpool.spidernet.io/v2beta1",
    kind: "SpiderEndpoint",
    metadata: {
      name,
      namespace,
      finalizers: [FINALIZER],
      ownerReferences: [{ apiVersion: "v1", kind: "Pod", name, uid, controller: true, blockOwnerDeletion: true }],
    },
    status: {
      current: {
        uid,
        node,
        ips: [{
          interface: "eth0",
          cleanGateway: false,
          ...(pools[4] !== undefined && { ipv4: "10.9.0.1/16", ipv4Pool: pools[4] }),
          ...(pools[6] !== undefined && { ipv6: "fd00:9::1/64", ipv6Pool: pools[6] }),
        }],
      },
      ownerControllerType: "Pod",
      ownerControllerName: name,
    },
  };
}
