/**
 * Rows of the tables of the specification's agent.md, sections 2–10 and 12: the beginning of each, without its markup.
 * tests/rows/rows_test.ts compares them. Of switches and keys for parts that are not there yet (RDMA exporter, device
 * plugin, IaaS provider, controller) tests hold name, type and default: their effect comes with those parts.
 *
 * @module
 */
import type { RowSection } from "../../scripts/scenario_rows.ts";

/** See the module. */
export const agentRows: readonly RowSection[] = [
  {
    section: "2",
    subjects: [
      "daemon",
      "generate-markdown",
      "completion (hidden), help",
      "shutdown, metric (+--port)",
    ],
  },
  {
    section: "3",
    subjects: [
      "GIT_COMMIT_VERSION, GIT_COMMIT_TIME, VERSION",
      "SPIDERPOOL_LOG_LEVEL",
      "SPIDERPOOL_ENABLED_METRIC",
      "SPIDERPOOL_ENABLED_RDMA_METRIC",
      "SPIDERPOOL_ENABLED_DEBUG_METRIC",
      "SPIDERPOOL_POD_NAMESPACE",
      "SPIDERPOOL_POD_NAME",
      "SPIDERPOOL_NODE_NAME",
      "SPIDERPOOL_HEALTH_PORT",
      "SPIDERPOOL_METRIC_HTTP_PORT",
      "SPIDERPOOL_GOPS_LISTEN_PORT",
      "SPIDERPOOL_PYROSCOPE_PUSH_SERVER_ADDRESS",
      "SPIDERPOOL_ENABLED_RELEASE_CONFLICT_IPS",
      "SPIDERPOOL_IPPOOL_MAX_ALLOCATED_IPS",
      "SPIDERPOOL_WAIT_SUBNET_POOL_TIME_IN_SECOND",
      "SPIDERPOOL_WAIT_SUBNET_POOL_MAX_RETRIES",
      "MULTUS_CLUSTER_NETWORK",
    ],
  },
  {
    section: "4",
    subjects: [
      "ipamUnixSocketPath",
      "enableIPv4",
      "enableIPv6",
      "tuneSysctlConfig",
      "enableStatefulSet",
      "enableKubevirtStaticIP",
      "enableSpiderSubnet",
      "enableAutoPoolForApplication",
      "enableCleanOutdatedEndpoint",
      "enableIPConflictDetection",
      "enableGatewayDetection",
      "enableValidatingResourcesDeletedWebhook",
      "clusterSubnetAutoPoolDefaultRedundantIPNumber",
      "clusterSubnetDefaultFlexibleIPNumber",
      "podResourceInject.enabled",
      "podResourceInject.namespacesExclude",
      "podResourceInject.namespacesInclude",
      "iaasNetworkProvider.serverUrl",
      "iaasNetworkProvider.httpRequestTimeout",
      "agent.networkResourcePlugin.enabled",
      "agent.networkResourcePlugin.kubeletRootDir",
      "agent.networkResourcePlugin.devicePluginAffinity.nodeSelector",
      "agent.networkResourcePlugin.resourceAdvertisement.subENI.rules[]",
      "agent.networkResourcePlugin.resourceAdvertisement.masterNIC.rules[]",
    ],
  },
  {
    section: "6",
    subjects: [
      "UNIX socket",
      "TCP",
      "TCP (metrics)",
      "TCP (gops)",
      "startup",
      "readiness",
      "liveness",
    ],
  },
  {
    section: "7",
    subjects: [
      "required body missing/empty",
      "required property absent or null",
      "required query parameter missing or empty",
      "malformed JSON / wrong JSON type",
      "body present but Content-Type not application/json (absent = application/octet-stream)",
      "Accept excludes JSON",
      "unknown path",
      "known path, wrong method",
      "operation not wired on that server",
    ],
  },
  {
    section: "8.2",
    subjects: [
      "containerID",
      "ifName",
      "netNamespace",
      "podNamespace, podName",
      "podUID",
      "defaultIPv4IPPool, defaultIPv6IPPool",
      "cleanGateway",
      "matchMasterSubnet",
      "ips",
      "routes",
      "dns",
    ],
  },
  {
    section: "8.5",
    subjects: [
      "200 empty",
      "500 string",
      "521 string",
      "522 string",
    ],
  },
  {
    section: "8.6",
    subjects: [
      "podNamespace, podName",
      "podUID, node",
      "interfaces",
    ],
  },
  {
    section: "8.7",
    subjects: [
      "mode (req)",
      "overlayPodCIDR (req)",
      "serviceCIDR (req)",
      "hijackCIDR",
      "policyRoutes",
      "podMACPrefix, vethLinkAddress",
      "podDefaultRouteNIC",
      "tunePodRoutes (req)",
      "hostRuleTable, podRPFilter, txQueueLen, vethMTU",
    ],
  },
  {
    section: "9",
    subjects: [
      "net.ipv4.neigh.default.gc_thresh3",
      "net.ipv6.neigh.default.gc_thresh3",
      "net.ipv4.conf.all.arp_notify",
      "net.ipv4.conf.all.forwarding",
      "net.ipv6.conf.all.forwarding",
      "net.ipv4.conf.all.rp_filter",
    ],
  },
  {
    section: "10",
    subjects: [
      "fresh allocation",
      "reuse, stateless pod",
      "reuse, StatefulSet pod",
      "reuse, KubeVirt pod",
    ],
  },
  {
    section: "10.2",
    subjects: [
      "Probe",
      "Receive",
      "Overall cap",
      "Positive answer",
      "Other packets",
      "Read timeout",
      "Set-deadline error, send error, non-timeout read error",
      "3 tries used up / cap reached",
    ],
  },
  {
    section: "10.4",
    subjects: [
      "conflict (ip conflict: ...) or gateway (gateway X is unreachable)",
      "any other check error (send failure, cap, NDP not ready, link)",
    ],
  },
  {
    section: "12",
    subjects: [
      "spiderpool_ipam_allocation_counts",
      "spiderpool_ipam_allocation_failure_counts",
      "spiderpool_ipam_allocation_update_ippool_conflict_counts",
      "spiderpool_ipam_allocation_err_internal_counts / _err_no_available_pool_counts / _err_retries_exhausted_counts / _err_ip_used_out_counts",
      "spiderpool_ipam_allocation_{average,max,min,latest}_duration_seconds, _duration_seconds",
      "spiderpool_ipam_allocation_{average,max,min,latest}_limit_duration_seconds, _limit_duration_seconds",
      "spiderpool_ipam_release_counts, _failure_counts, _update_ippool_conflict_counts, _err_internal_counts, _err_retries_exhausted_counts, duration and limit-duration families",
      "spiderpool_debug_auto_pool_waited_for_available_counts",
    ],
  },
];
