import type {
  CoordinatorConfig,
  GetCoordinatorArgs,
  IpamAddArgs,
  IpamAddResponse,
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
  /** What the Pod's SpiderEndpoint says, or `undefined` when there is none. */
  endpoint(key: { namespace: string; name: string }, signal: AbortSignal): Promise<WorkloadEndpointStatus | undefined>;
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
