/**
 * The kernel parameters of the node that underlay Pods need (promise 14; spec/agent.md 9).
 *
 * @module
 */
export { hostSysctls, type NodeTuning, type NodeTuningDeps, tunedNode, tuneNode } from "./node.ts";
export { parametersFor, type SysctlParameter, sysctlParameters } from "./parameters.ts";
export { logSysctls, sysctlName } from "./report.ts";
export { sysctlReportOf } from "./report_file.ts";
export { decideSysctl, type SysctlAccess, type SysctlOutcome, tuneSysctls } from "./tune.ts";
