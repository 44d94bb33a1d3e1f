import type {
  IpamAddArgs,
  IpamAddResponse,
  IpamBatchDelArgs,
  IpamDelArgs,
  WorkloadEndpointStatus,
} from "../../agent/api/types.ts";

/** What a kubelet calls on its node: an agent of ours, or one that behaves like upstream's. */
export interface NodeRuntime {
  readonly name: string;
  /** Whether the agent promises what ours does: nothing held after a failure, the same address on a repeat. */
  readonly isOurs: boolean;
  /** @throws the refusal, or why the agent could not be asked */
  add(args: IpamAddArgs, signal: AbortSignal): Promise<IpamAddResponse>;
  /** @throws the failure, or why the agent could not be asked */
  release(args: IpamDelArgs, signal: AbortSignal): Promise<void>;
  /** Sets addresses of the Pod aside that somebody else has; absent where nobody looks for conflicts. */
  conflict?(args: IpamBatchDelArgs, signal: AbortSignal): Promise<void>;
  /** What CHECK compares the Pod with; absent where CHECK is not asked for. @throws why the agent could not be asked */
  endpoint?(key: { namespace: string; name: string }, signal: AbortSignal): Promise<WorkloadEndpointStatus | undefined>;
}

/** The node's agent does not run. */
export class AgentDownError extends Error {
  override readonly name = "AgentDownError";
  constructor(readonly node: string) {
    super(`Cannot reach the agent of ${node}: it does not run`);
  }
}
