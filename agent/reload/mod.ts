/**
 * What a running agent takes over of a changed `conf.yml`.
 *
 * @example
 * ```ts
 * const live = new LiveConf(conf);
 * followConf({ path, text, live, clock: systemClock, log }, signal);
 * live.current.enableGatewayDetection; // as of now
 * ```
 *
 * @module
 */
export { followConf, type FollowDeps, warnOfUnknownKeys } from "./follow.ts";
export { levelLog } from "./level_log.ts";
export { LiveConf } from "./live_conf.ts";
export { type KeyChange, planReload, type ReloadInputs, type ReloadPlan } from "./plan.ts";
