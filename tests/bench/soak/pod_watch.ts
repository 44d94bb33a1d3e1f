/** Counts Pods that come and go. */
import { pods } from "../../../crd/core/mod.ts";
import { resourceClient } from "../../../crd/kube/mod.ts";
import { systemClock } from "../../../net/base/clock.ts";
import type { Cluster } from "../../../scripts/cluster/mod.ts";
import { podFactOf } from "../../e2e/api_facts.ts";
import { NAMESPACE } from "../../e2e/workload.ts";

/** How long one look may take, in milliseconds; the API server may be away. */
const LOOK_MS = 5_000;

/** Pods by UID, as far as they were seen. */
export class PodWatch {
  readonly #seen = new Set<string>();
  readonly #ready = new Set<string>();

  /** Pods that were seen at all. */
  get seen(): number {
    return this.#seen.size;
  }

  /** Those that were seen running, with their addresses. */
  get ran(): number {
    return this.#ready.size;
  }

  /** Looks once. @returns whether the API server answered */
  async look(cluster: Cluster): Promise<boolean> {
    using api = await cluster.control.openApi();
    const client = resourceClient(api.transport, pods, { clock: systemClock });
    try {
      const { items } = await client.listAll({ namespace: NAMESPACE, signal: AbortSignal.timeout(LOOK_MS) });
      for (const { uid, isReady } of items.map(podFactOf)) {
        this.#seen.add(uid);
        if (isReady) this.#ready.add(uid);
      }
      return true;
    } catch {
      return false; // that is what a soak is about
    }
  }
}
