import type { SpiderIPPool, SpiderIPPoolSpec, SpiderIPPoolStatus } from "../generated/mod.ts";
import { KubeApiError, KubeConnectionError } from "../kube/errors.ts";
import { poolStatusBody, type PoolStatusWrite, type PoolStore } from "./pool_store.ts";

/** What the store is asked for. */
export type StoreCall = "read" | "version" | "write";

/** What happens to one call instead of its work, or around it. */
export type Fault = <T>(work: () => T, store: FakePoolStore) => T | Promise<T>;

/**
 * Pools in memory, for tests: conflicts as an API server has them, and faults on request.
 *
 * @example
 * ```ts
 * const store = new FakePoolStore([poolObject({ ips: ["10.1.0.10"] })]);
 * store.fail("write", losesAnswer, refuses(429, { retryAfterMs: 50 })); // the next two writes
 * ```
 */
export class FakePoolStore implements PoolStore {
  /** All calls so far, in order. */
  readonly calls: StoreCall[] = [];
  readonly #pools = new Map<string, SpiderIPPool>();
  readonly #faults: Record<StoreCall, Fault[]> = { read: [], version: [], write: [] };
  #late: (() => void)[] = [];
  #revision = 100;

  constructor(pools: readonly SpiderIPPool[] = []) {
    for (const pool of pools) this.put(pool);
  }

  /** Creates or replaces a pool; it gets a new resourceVersion. */
  put(pool: SpiderIPPool): void {
    const metadata = { ...pool.metadata, resourceVersion: String(++this.#revision) };
    this.#pools.set(pool.metadata.name, { ...pool, metadata });
  }

  /** Deletes a pool. */
  delete(name: string): void {
    this.#pools.delete(name);
  }

  /** The pool as it is stored. @throws {KubeApiError} 404 when there is none */
  get(name: string): SpiderIPPool {
    const pool = this.#pools.get(name);
    if (pool === undefined) throw apiError(404, "NotFound");
    return pool;
  }

  /** Appends faults for the next calls of a kind, one each. */
  fail(call: StoreCall, ...faults: readonly Fault[]): void {
    this.#faults[call].push(...faults);
  }

  /** Forgets the faults that have not happened yet. */
  heal(): void {
    for (const faults of Object.values(this.#faults)) faults.length = 0;
  }

  /** Number of calls of a kind. */
  count(call: StoreCall): number {
    return this.calls.filter((other) => other === call).length;
  }

  /** Keeps work for {@linkcode land}. */
  delay(work: () => unknown): void {
    this.#late.push(() => void work());
  }

  /** Does what was delayed; what does not fit any more is refused silently. */
  land(): void {
    const late = this.#late;
    this.#late = [];
    for (const work of late) {
      try {
        work();
      } catch (err) {
        if (!(err instanceof KubeApiError)) throw err; // nobody waits for this answer
      }
    }
  }

  /** @inheritdoc */
  read(name: string): Promise<SpiderIPPool> {
    return this.#call("read", () => structuredClone(this.get(name)));
  }

  /** @inheritdoc */
  version(name: string): Promise<string> {
    return this.#call("version", () => this.get(name).metadata.resourceVersion!);
  }

  /** @inheritdoc */
  writeStatus(write: PoolStatusWrite): Promise<string> {
    return this.#call("write", () => this.#write(write));
  }

  async #call<T>(call: StoreCall, work: () => T): Promise<T> {
    this.calls.push(call);
    const fault = this.#faults[call].shift();
    await Promise.resolve(); // no answer comes at once
    return fault === undefined ? work() : await fault(work, this);
  }

  #write(write: PoolStatusWrite): string {
    const pool = this.get(write.name);
    if (write.resourceVersion !== pool.metadata.resourceVersion) throw apiError(409, "Conflict");
    const { status } = poolStatusBody(write);
    if (JSON.stringify(status) === JSON.stringify(pool.status)) return write.resourceVersion; // as an API server does
    this.put({ ...pool, status });
    return this.get(write.name).metadata.resourceVersion!;
  }
}

/** The call is refused with `status`. */
export function refuses(status: number, { retryAfterMs }: { readonly retryAfterMs?: number } = {}): Fault {
  return () => {
    throw apiError(status, status === 409 ? "Conflict" : "Refused", retryAfterMs);
  };
}

/** The work is done, the answer does not arrive. */
export const losesAnswer: Fault = (work) => {
  work();
  throw new KubeConnectionError("PUT pool");
};

/** The connection breaks before anything is done, and nothing will be. */
export const losesRequest: Fault = () => {
  throw new KubeConnectionError("PUT pool");
};

/** The connection breaks before anything is done; {@linkcode FakePoolStore.land} does it later. */
export const delays: Fault = (work, store) => {
  store.delay(work);
  throw new KubeConnectionError("PUT pool");
};

/** The work is done when `gate` resolves. */
export function waitsFor(gate: Promise<unknown>): Fault {
  return async (work) => {
    await gate;
    return work();
  };
}

/** A pool for tests: `p`, 10.1.0.0/24, uid `pool-uid`, generation 1. */
export function poolObject(
  spec: Partial<SpiderIPPoolSpec> = {},
  { status, ...metadata }: Partial<SpiderIPPool["metadata"]> & { readonly status?: SpiderIPPoolStatus } = {},
): SpiderIPPool {
  return {
    apiVersion: "spiderpool.spidernet.io/v2beta1",
    kind: "SpiderIPPool",
    metadata: { name: "p", uid: "pool-uid", generation: 1, resourceVersion: "100", ...metadata },
    spec: { subnet: "10.1.0.0/24", ips: ["10.1.0.10-10.1.0.12"], ...spec },
    ...(status && { status }),
  };
}

function apiError(status: number, reason: string, retryAfterMs?: number): KubeApiError {
  return new KubeApiError({ status, reason, message: "as told", request: "PUT pool", retryAfterMs });
}
