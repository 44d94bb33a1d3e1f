import { logLevels } from "./log_level.ts";
import { countVariable, flagVariable, listVariable, portVariable, textVariable, wordVariable } from "./variable.ts";

/** Every environment variable of `spiderpool-agent daemon`, by the name that the code has for it. */
export const variables = {
  version: textVariable({ name: "VERSION", text: "Version in the log; this program's own where it is empty." }),
  gitCommitVersion: textVariable({ name: "GIT_COMMIT_VERSION", text: "Accepted; the commit is part of the program." }),
  gitCommitTime: textVariable({ name: "GIT_COMMIT_TIME", text: "Accepted; the commit is part of the program." }),
  logLevel: wordVariable(logLevels, {
    name: "SPIDERPOOL_LOG_LEVEL",
    fallback: "info",
    required: true,
    empty: "info",
    text:
      "Lines below this level are dropped. `agent.logLevel` of conf.yml wins over it, and can be changed at run time.",
  }),
  enabledMetric: flagVariable({
    name: "SPIDERPOOL_ENABLED_METRIC",
    fallback: "false",
    text: "Whether there are metrics, and the listener that shows them.",
  }),
  enabledRdmaMetric: flagVariable({
    name: "SPIDERPOOL_ENABLED_RDMA_METRIC",
    fallback: "false",
    text: "Accepted; this version has no RDMA metrics.",
  }),
  enabledDebugMetric: flagVariable({
    name: "SPIDERPOOL_ENABLED_DEBUG_METRIC",
    fallback: "false",
    text: "Whether metrics for debugging are shown, too.",
  }),
  /** Of this project's own: dashboards that adapted to upstream's v1.1.1 to v1.2 go on with it. */
  enabledFormerMetricNames: flagVariable({
    name: "SPIDERPOOL_ENABLED_FORMER_METRIC_NAMES",
    fallback: "false",
    since: "0.1.0",
    text:
      "Whether metrics are also shown under upstream's names of v1.1.1 to v1.2, such as `spiderpool_ipamAllocationCountsName_total`.",
  }),
  podNamespace: textVariable({
    name: "SPIDERPOOL_POD_NAMESPACE",
    required: true,
    text: "Namespace of the agent's Pod, which is also the default one of multus networks.",
  }),
  podName: textVariable({ name: "SPIDERPOOL_POD_NAME", required: true, text: "Name of the agent's Pod, for the log." }),
  nodeName: textVariable({
    name: "SPIDERPOOL_NODE_NAME",
    required: true,
    text: "Name of the Node whose Pods the agent serves.",
  }),
  /** Addresses of this Pod, on which other agents reach it; of this project's own. */
  podIPs: listVariable({
    name: "SPIDERPOOL_POD_IPS",
    since: "0.1.0",
    text: "Addresses of the agent's Pod, on which the peer port listens; all of IPv4 where it is empty.",
  }),
  healthPort: portVariable({
    name: "SPIDERPOOL_HEALTH_PORT",
    fallback: "5710",
    required: true,
    empty: 5710,
    text: "Port of the probes, on loopback.",
  }),
  metricPort: portVariable({
    name: "SPIDERPOOL_METRIC_HTTP_PORT",
    fallback: "5711",
    required: true,
    empty: 5711,
    text: "Port of the metrics.",
  }),
  /** `undefined` switches the gops listener off. */
  gopsPort: portVariable({
    name: "SPIDERPOOL_GOPS_LISTEN_PORT",
    fallback: "5712",
    empty: undefined,
    text: "Port for diagnostics, on loopback; set to nothing it is off.",
  }),
  gopsFolder: textVariable({
    name: "SPIDERPOOL_GOPS_DIR",
    since: "0.1.0",
    text:
      "Folder for the port file of the gops client and for heap snapshots; `gops` beside the socket where it is empty.",
  }),
  logFile: textVariable({
    name: "SPIDERPOOL_LOG_FILE",
    since: "0.1.0",
    text:
      "File that gets every log line, too; none where it is empty. The executable may write below `/run` and `/var/log/spidernet`.",
  }),
  /** In megabytes (2^20). */
  logFileMaxSize: countVariable({
    name: "SPIDERPOOL_LOG_FILE_MAX_SIZE",
    since: "0.1.0",
    fallback: "100",
    text: "Megabytes (2^20) after which a new log file is begun; 0 is 100.",
  }),
  /** In days. */
  logFileMaxAge: countVariable({
    name: "SPIDERPOOL_LOG_FILE_MAX_AGE",
    since: "0.1.0",
    fallback: "30",
    text: "Days after which an old log file is removed; 0 for never.",
  }),
  logFileMaxCount: countVariable({
    name: "SPIDERPOOL_LOG_FILE_MAX_COUNT",
    since: "0.1.0",
    fallback: "5",
    text: "Old log files that are kept; 0 for all.",
  }),
  pyroscopeAddress: textVariable({
    name: "SPIDERPOOL_PYROSCOPE_PUSH_SERVER_ADDRESS",
    text: "Accepted; profiles are not pushed.",
  }),
  enabledReleaseConflictIps: flagVariable({
    name: "SPIDERPOOL_ENABLED_RELEASE_CONFLICT_IPS",
    fallback: "true",
    required: true,
    text: "Whether an address that somebody else in the network uses is taken from its Pod.",
  }),
  /** Most addresses that one pool hands out. */
  maxAllocatedIps: countVariable({
    name: "SPIDERPOOL_IPPOOL_MAX_ALLOCATED_IPS",
    fallback: "5000",
    required: true,
    text: "Most addresses that one SpiderIPPool hands out.",
  }),
  /** Least number of tries of an update of a Kubernetes object; beyond it the deadline decides. */
  updateCrMaxRetries: countVariable({
    name: "SPIDERPOOL_UPDATE_CR_MAX_RETRIES",
    fallback: "3",
    text: "Least number of tries of an update of a Kubernetes object: a request to the API server may take " +
      "`agent.ipamDeadline` divided by it, from 2 s to 10 s, and is tried until that deadline.",
  }),
  /** Past allocations that a SpiderEndpoint keeps. */
  maxHistoryRecords: countVariable({
    name: "SPIDERPOOL_WORKLOADENDPOINT_MAX_HISTORY_RECORDS",
    fallback: "100",
    text: "Past allocations that a SpiderEndpoint keeps.",
  }),
  waitSubnetPoolSeconds: countVariable({
    name: "SPIDERPOOL_WAIT_SUBNET_POOL_TIME_IN_SECOND",
    fallback: "2",
    text:
      "Times `SPIDERPOOL_WAIT_SUBNET_POOL_MAX_RETRIES`: how many seconds an ADD waits for an auto-created IPPool; it ends a second before `agent.ipamDeadline` in any case.",
  }),
  waitSubnetPoolMaxRetries: countVariable({
    name: "SPIDERPOOL_WAIT_SUBNET_POOL_MAX_RETRIES",
    fallback: "25",
    text: "See `SPIDERPOOL_WAIT_SUBNET_POOL_TIME_IN_SECOND`. Nothing is polled: a change of pools wakes the ADD.",
  }),
  /** `namespace/name` or name of the multus default network; empty when there is none. */
  multusClusterNetwork: textVariable({
    name: "MULTUS_CLUSTER_NETWORK",
    text:
      "Network that multus attaches as eth0, `namespace/name` or name; `spec.multusName` of pools is matched against it.",
  }),
} as const;
