import type { Pod } from "../../crd/core/mod.ts";
import { IpamError } from "../../crd/ipam/errors.ts";
import { type TopController, topControllerAbove, topControllerStep } from "../../crd/ipam/top_controller.ts";
import type { ResourceReader } from "../../crd/kube/client_types.ts";
import type { KubeObject } from "../../crd/kube/contract.ts";
import { isNotFound } from "../../crd/kube/errors.ts";

/** Reads of the Kinds that stand between a Pod and its top controller. */
export interface OwnerReaders {
  readonly replicaSets: Pick<ResourceReader<KubeObject>, "getMetadata">;
  readonly jobs: Pick<ResourceReader<KubeObject>, "getMetadata">;
}

/** Objects remembered; each is a name and four short texts. */
const MAX_REMEMBERED = 4096;

/**
 * Finds the top controller of Pods (spec/ipam.md §3). An object's controller never changes, so each ReplicaSet and Job
 * is read once, metadata only.
 */
export class TopControllers {
  readonly #readers: OwnerReaders;
  readonly #above = new Map<string, TopController>();

  constructor(readers: OwnerReaders) {
    this.#readers = readers;
  }

  /** @throws {IpamError} `owner-not-found` if a ReplicaSet or Job in between is gone */
  async of(pod: Pod, signal: AbortSignal): Promise<TopController> {
    const step = topControllerStep(pod);
    if (step.kind === "found") return step.controller;
    const known = this.#above.get(step.object.uid);
    if (known !== undefined) return known;
    const found = await this.#read(step.object, signal);
    if (this.#above.size >= MAX_REMEMBERED) this.#above.delete(this.#above.keys().next().value!);
    this.#above.set(step.object.uid, found);
    return found;
  }

  async #read(object: TopController, signal: AbortSignal): Promise<TopController> {
    const { namespace, name } = object;
    const reader = object.kind === "Job" ? this.#readers.jobs : this.#readers.replicaSets;
    try {
      const found = topControllerAbove(object, await reader.getMetadata({ namespace, name }, { signal }));
      if (found !== undefined) return found;
    } catch (err) {
      if (!isNotFound(err)) throw err;
    }
    throw new IpamError("owner-not-found", `${object.kind} "${namespace}/${name}" that controls the Pod is gone`);
  }
}
