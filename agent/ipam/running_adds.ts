import { anySignal } from "../../net/base/any_signal.ts";
import { KeyedLock } from "./keyed_lock.ts";

/** Who asks: one CNI request about one NIC of one Pod. */
export interface AttachmentRequest {
  readonly podNamespace: string;
  readonly podName: string;
  readonly podUID: string;
  readonly containerID: string;
  readonly ifName: string;
}

/** A DEL arrived for an attachment whose ADD was still running. */
export class CancelledByDelError extends Error {
  override readonly name = "CancelledByDelError";
  constructor(readonly request: AttachmentRequest) {
    super(`Cannot finish ADD of "${request.ifName}" of Pod "${podKey(request)}": a DEL of the same attachment arrived`);
  }
}

/** As many ADDs run or wait as one node may have. Source: spec/ipam.md §9.1; the runtime tries again. */
export class TooManyAddsError extends Error {
  override readonly name = "TooManyAddsError";
  constructor(request: AttachmentRequest, limit: number) {
    super(
      `Cannot allocate addresses of Pod "${podKey(request)}" now: queue is full with a maximum length of ${limit}; ` +
        "wait until running requests of this node have ended",
    );
  }
}

/** Most ADDs that run or wait at once. A node has far fewer Pods; DELs make room and are never turned away. */
const MAX_ADDS = 1000;

/**
 * One request a Pod at a time (claim protocol, rule 3): the SpiderEndpoint is the Pod's, so all its NICs share the turn.
 * A DEL ends the running and waiting ADDs of its attachment first.
 */
export class RunningAdds {
  readonly #lock = new KeyedLock();
  readonly #adds = new Set<{ readonly request: AttachmentRequest; readonly cancel: AbortController }>();

  /** ADDs that run or wait. */
  get adds(): number {
    return this.#adds.size;
  }

  /** Whether a request of this Pod runs or waits. */
  isBusy(pod: { readonly podNamespace: string; readonly podName: string }): boolean {
    return this.#lock.isHeld(podKey(pod));
  }

  /**
   * Runs an ADD; `task`'s signal is aborted by `signal` or by a DEL.
   *
   * @throws {TooManyAddsError}
   */
  async add<T>(
    request: AttachmentRequest,
    task: (signal: AbortSignal) => Promise<T>,
    { signal }: { signal: AbortSignal },
  ): Promise<T> {
    if (this.#adds.size >= MAX_ADDS) throw new TooManyAddsError(request, MAX_ADDS);
    const entry = { request, cancel: new AbortController() };
    using either = anySignal([signal, entry.cancel.signal]);
    this.#adds.add(entry);
    try {
      return await this.#lock.run(podKey(request), () => task(either.signal), { signal: either.signal });
    } finally {
      this.#adds.delete(entry);
    }
  }

  /** Runs a DEL or a repair of the Pod, after cancelling the ADDs of its attachment. */
  async del<T>(
    request: AttachmentRequest,
    task: () => Promise<T>,
    { signal }: { signal: AbortSignal },
  ): Promise<T> {
    for (const add of this.#adds) {
      if (isSameAttachment(add.request, request)) add.cancel.abort(new CancelledByDelError(request));
    }
    return await this.alone(request, task, { signal });
  }

  /** Runs `task` while no other request of the Pod does. */
  alone<T>(
    pod: { readonly podNamespace: string; readonly podName: string },
    task: () => Promise<T>,
    { signal }: { signal: AbortSignal },
  ): Promise<T> {
    return this.#lock.run(podKey(pod), task, { signal });
  }
}

/** `namespace/name`. */
export function podKey({ podNamespace, podName }: { podNamespace: string; podName: string }): string {
  return `${podNamespace}/${podName}`;
}

/** A DEL belongs to an ADD of the same sandbox and NIC. A late DEL of an older sandbox leaves the new one alone. */
function isSameAttachment(add: AttachmentRequest, del: AttachmentRequest): boolean {
  return podKey(add) === podKey(del) && add.ifName === del.ifName && add.containerID === del.containerID;
}
