/**
 * Gates of the agent's start and limits of its end (spec/agent.md 5).
 *
 * @module
 */
export { ApiServerNotReadyError, type ApiServerWait, waitForApiServer } from "./api_server.ts";
export { DRAIN_MS, STOP_MS } from "./budgets.ts";
export { holderOfNode, lockNode, NodeHeldError, nodeLockOf, type NodeLockOptions } from "./node_lock.ts";
export { type PanicReport, reportPanics } from "./panic.ts";
export { type StopLimit, StopTooLongError, withinStopLimit } from "./stop_limit.ts";
export { runTrims, type TrimDeps, type TrimMemory } from "./trim.ts";
