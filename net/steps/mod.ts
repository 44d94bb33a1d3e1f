/**
 * Changes of network namespaces as values: planned by pure functions, printed as commands, applied over netlink, undone.
 *
 * @example
 * ```ts
 * const run = new StepRun({ host, pod });
 * run.apply([{ do: "changeLink", place: "pod", link: "eth0", to: { up: true }, from: { up: false } }]);
 * run.undo();
 * ```
 *
 * @module
 */
export { applyStep } from "./apply_step.ts";
export { formatStep } from "./format_step.ts";
export {
  type MarkRules,
  type Place,
  type Step,
  type StepBond,
  type StepHop,
  type StepLinkChanges,
  type StepRoute,
  type StepRule,
  type StepVethEnd,
} from "./step.ts";
export { openOwnStepNetns, openStepNetns, type StepKernel, type StepNetns } from "./step_netns.ts";
export { StepError, StepRun, type StepWatcher } from "./step_run.ts";
