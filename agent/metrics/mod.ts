/**
 * What the agent tells Prometheus (spec/operations.md §1). Made only where `SPIDERPOOL_ENABLED_METRIC` is true: nothing
 * is counted and the library is not loaded otherwise.
 *
 * @example
 * ```ts ignore
 * const { metrics, stop } = await startMetrics({ environment, clock, log });
 * const ipam = createIpam({ ...options, transport: metrics.transport(transport), poolObserver: metrics.poolObserver });
 * metrics.follow({ state: ipam.state });
 * const service = metrics.service(ipam.service);
 * ```
 *
 * @module
 */
export type { AgentMetrics, StateSources } from "./agent_metrics.ts";
export { type RunningMetrics, startMetrics, type StartMetricsOptions } from "./start.ts";
