/**
 * Uninstall: removes what Spiderpool put into a cluster, also when everything else of it is dead.
 *
 * @example
 * ```ts ignore
 * const problems = await clean({ transport, clock, random, log, signal }, {
 *   keepCrds: true,
 *   finalizers: "ours",
 *   timeoutMs: 300_000,
 *   agentTimeoutMs: 60_000,
 * });
 * ```
 *
 * @module
 */
export { clean, countObjects } from "./clean.ts";
export type { CleanDeps, CleanOptions } from "./deps.ts";
