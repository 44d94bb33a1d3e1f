import type { KubeObject, ObjectMeta } from "../kube/contract.ts";
import type { SpiderIPPool } from "../generated/mod.ts";

/** Reads and writes of one Kind of object that the writer needs; `crd/ipam/kube_pool_store.ts` has them for real. */
export interface PoolStore {
  /** The pool as the API server has it now. @throws {KubeApiError} 404 when there is none */
  read(name: string): Promise<SpiderIPPool>;
  /** Its `metadata.resourceVersion` as the API server has it now, without the rest. */
  version(name: string): Promise<string>;
  /**
   * Replaces the status, if the pool still has `resourceVersion`.
   *
   * @returns the new resourceVersion
   * @throws {KubeApiError} 409 when it does not
   */
  writeStatus(status: PoolStatusWrite): Promise<string>;
}

/** One write of a pool's status. */
export interface PoolStatusWrite {
  readonly name: string;
  readonly resourceVersion: string;
  /** `status.allocatedIPs`; absent when nothing is allocated. */
  readonly allocatedIPs: string | undefined;
  readonly allocatedIPCount: number;
  /** The controller's figure, carried along. */
  readonly totalIPCount: number | undefined;
}

/** Largest `totalIPCount` on the wire: int64, at which upstream saturates. */
const MAX_INT64 = (1n << 63n) - 1n;

/** The body of a PUT on `/status`: the API server keeps spec and metadata whatever the body says of them. */
export function poolStatusBody(write: PoolStatusWrite): KubeObject & { status: NonNullable<SpiderIPPool["status"]> } {
  const { name, resourceVersion, allocatedIPs, allocatedIPCount, totalIPCount } = write;
  const metadata: ObjectMeta = { name, resourceVersion };
  return {
    apiVersion: "spiderpool.spidernet.io/v2beta1",
    kind: "SpiderIPPool",
    metadata,
    status: {
      ...(allocatedIPs === undefined ? {} : { allocatedIPs }),
      allocatedIPCount,
      ...(totalIPCount === undefined ? {} : { totalIPCount }),
    },
  };
}

/**
 * {@linkcode poolStatusBody} as JSON. Counts over 2^53 are written digit by digit: a number would be rounded up over
 * int64, which the API server refuses.
 */
export function poolStatusText(write: PoolStatusWrite): string {
  const { totalIPCount } = write;
  if (totalIPCount === undefined || Number.isSafeInteger(totalIPCount)) return JSON.stringify(poolStatusBody(write));
  const count = BigInt(Math.trunc(totalIPCount));
  const text = JSON.stringify(poolStatusBody({ ...write, totalIPCount: undefined }));
  return `${text.slice(0, -2)},"totalIPCount":${count < MAX_INT64 ? count : MAX_INT64}}}`;
}
