import type { ExplainAnswer, ExplainQuery } from "./explain_types.ts";
import type { IpamCapacity, IpamCapacityQuery, IpamGcArgs, IpamGcResponse } from "./gc_types.ts";
import type {
  CoordinatorConfig,
  GetCoordinatorArgs,
  IpamAddArgs,
  IpamAddResponse,
  IpamBatchDelArgs,
  IpamDelArgs,
  WorkloadEndpointStatus,
} from "./types.ts";

/** What the unix-socket server serves; implemented by `agent/ipam`, faked in tests of server and plugins. */
export interface IpamService {
  /**
   * Gives the Pod its addresses on `args.ifName`.
   *
   * @param signal aborted when the caller hangs up: what was taken is given back
   * @throws {Error} the message is the answer's text; nothing is held afterwards
   */
  add(args: IpamAddArgs, signal: AbortSignal): Promise<IpamAddResponse>;
  /** Gives back what the attachment holds; succeeds when nothing is held. */
  release(args: IpamDelArgs, signal: AbortSignal): Promise<void>;
  /**
   * Gives back everything the Pod holds; with `conflictIPs` sets those aside and keeps the rest.
   *
   * @throws {ReleaseForbiddenError} when the request tells of a conflict and the addresses stay all the same
   */
  releaseBatch(args: IpamBatchDelArgs, signal: AbortSignal): Promise<void>;
  /**
   * What an ADD of the Pod would do now, and why; claims and writes nothing.
   *
   * @returns `undefined` when there is no such Pod
   */
  explain(query: ExplainQuery, signal: AbortSignal): Promise<ExplainAnswer | undefined>;
  /** What the Pod's SpiderEndpoint says, or `undefined` when there is none. */
  endpoint(key: { namespace: string; name: string }, signal: AbortSignal): Promise<WorkloadEndpointStatus | undefined>;
}

/** What the runtime asks about the node as a whole, by the verbs GC and STATUS; implemented by `agent/ipam`. */
export interface HousekeepingService {
  /**
   * Frees what this node holds in a network for containers that the runtime does not have any more, unless their Pod may
   * still need it. What cannot be freed does not keep the rest from it.
   *
   * @throws {Error} the message is the answer's text; asking again frees the rest
   */
  collect(args: IpamGcArgs, signal: AbortSignal): Promise<IpamGcResponse>;
  /** Whether pools have an address for a Pod of this node. */
  capacity(query: IpamCapacityQuery, signal: AbortSignal): Promise<IpamCapacity>;
}

/** What the coordinator plugin is told; implemented by `agent/coordinator`. */
export interface CoordinatorService {
  /**
   * Settings for a Pod.
   *
   * @throws {Error} the message is the answer's text
   */
  config(args: GetCoordinatorArgs, signal: AbortSignal): Promise<CoordinatorConfig>;
}

/** Addresses in conflict stay where they are: status 521 (`stateless`) or 522 (`stateful`) with upstream's words. */
export class ReleaseForbiddenError extends Error {
  override readonly name = "ReleaseForbiddenError";

  /**
   * @param workload `stateless`: `SPIDERPOOL_ENABLED_RELEASE_CONFLICT_IPS` is off; `stateful`: the owner's addresses are
   * fixed
   */
  constructor(readonly workload: "stateless" | "stateful", detail: string) {
    const blank = workload === "stateful" ? " " : ""; // as upstream writes it
    super(`Cannot release addresses: forbid releasing IPs for ${workload} workload${blank}: ${detail}`);
  }

  /** Of the answer. */
  get status(): 521 | 522 {
    return this.workload === "stateful" ? 522 : 521;
  }
}
