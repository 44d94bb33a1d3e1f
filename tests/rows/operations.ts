/**
 * Rows of the tables of the specification's operations.md, sections 1–3 and 14 (a list): the beginning of each, without its markup.
 * tests/rows/rows_test.ts compares them.
 *
 * @module
 */
import type { RowSection } from "../../scripts/scenario_rows.ts";

/** See the module. */
export const operationsRows: readonly RowSection[] = [
  {
    section: "1.1",
    subjects: [
      "Format",
      "Listener",
      "Debug metrics",
      "Counters",
      "Histograms",
      "Labels on every own series",
      "Extra series",
      "Pre-set to 0 at start",
      "Reset",
    ],
  },
  {
    section: "1.3",
    subjects: [
      "ipam_allocation_counts",
      "ipam_allocation_failure_counts",
      "ipam_allocation_update_ippool_conflict_counts",
      "ipam_allocation_err_internal_counts",
      "ipam_allocation_err_no_available_pool_counts",
      "ipam_allocation_err_retries_exhausted_counts",
      "ipam_allocation_err_ip_used_out_counts",
      "ipam_allocation_{average,max,min,latest}_duration_seconds",
      "ipam_allocation_duration_seconds",
      "ipam_allocation_{average,max,min,latest}_limit_duration_seconds",
      "ipam_allocation_limit_duration_seconds",
      "ipam_release_counts",
      "ipam_release_failure_counts",
      "ipam_release_update_ippool_conflict_counts",
      "ipam_release_err_internal_counts",
      "ipam_release_err_retries_exhausted_counts",
      "ipam_release_{average,max,min,latest}_duration_seconds",
      "ipam_release_duration_seconds",
      "ipam_release_{average,max,min,latest}_limit_duration_seconds",
      "ipam_release_limit_duration_seconds",
      "debug_auto_pool_waited_for_available_counts",
    ],
  },
  {
    section: "1.4",
    subjects: [
      "ip_gc_counts",
      "ip_gc_failure_counts",
      "ipam_release_update_ippool_conflict_counts",
      "total_ippool_counts",
      "total_subnet_counts",
      "debug_ippool_total_ip_counts",
      "debug_ippool_available_ip_counts",
      "debug_subnet_total_ip_counts",
      "debug_subnet_available_ip_counts",
      "debug_subnet_ippool_counts",
    ],
  },
  {
    section: "1.5",
    subjects: [
      "rdma statistic -j (per RDMA link)",
      "ethtool statistics whose name contains vport",
      "ethtool {rx,tx}_prioN_{pause,discards} (one digit)",
      "ethtool link speed (unknown = 4294967295 → omitted)",
      "/sys/class/infiniband/<link>/tc/1/traffic_class, line Global tclass=N",
      "any other numeric key",
    ],
  },
  {
    section: "2",
    subjects: [
      "agent 5710/tcp",
      "agent 5711/tcp",
      "agent 5712/tcp",
      "agent /var/run/spidernet/spiderpool.sock",
      "controller 5720/tcp",
      "controller 5721/tcp",
      "controller 5722/tcp",
      "controller 5724/tcp",
      "SR-IOV injector / operator webhook (optional) 5731 / 5732",
    ],
  },
  {
    section: "3.1",
    subjects: [
      '"" configmaps, endpoints, namespaces, pods, pods/status',
      '"" events',
      '"" nodes',
      "admissionregistration.k8s.io mutatingwebhookconfigurations, validatingwebhookconfigurations",
      "apiextensions.k8s.io customresourcedefinitions",
      "apps deployments, replicasets, daemonsets, statefulsets",
      "batch jobs, cronjobs",
      "apps.kruise.io clonesets, statefulsets",
      "coordination.k8s.io leases",
      "networking.k8s.io servicecidrs",
      "crd.projectcalico.org ippools",
      "cilium.io ciliumpodippools",
      "kubevirt.io virtualmachines, virtualmachineinstances",
      "k8s.cni.cncf.io network-attachment-definitions",
      "resource.k8s.io resourceclaims(+/status), podschedulingcontexts(+/status), resourceclaimtemplates, resourceclasses",
      "spiderpool.spidernet.io spiderippools",
      "spiderpool.spidernet.io spidersubnets, spiderendpoints, spiderreservedips, spidermultusconfigs, spidercoordinators, spiderclaimparameters",
      "spiderpool.spidernet.io spiderippools/status, spidersubnets/status, spidercoordinators/status",
    ],
  },
  {
    section: "3.2",
    subjects: [
      'agent "" pods, namespaces, nodes',
      "agent apps ×4, batch jobs + cronjobs",
      "agent spiderippools, spiderreservedips, spidersubnets, spiderendpoints, spidermultusconfigs, spidercoordinators",
      "agent spiderippools/status",
      "agent spiderendpoints",
      "agent spiderippools create update; spidersubnets/status",
      "agent kubevirt.io virtualmachines, virtualmachineinstances, virtualmachineinstancemigrations",
      "agent (RDMA metrics) owner kinds",
      "agent (only if its token is given to Multus, §7)",
      'controller "" pods, nodes, namespaces, configmaps',
      "controller events",
      "controller leases (NS only)",
      "controller apps ×4, batch ×2, apps.kruise.io",
      "controller spiderippools, spidersubnets",
      "controller spiderippools/status, spidersubnets/status, spidercoordinators/status",
      "controller spiderendpoints",
      "controller spidercoordinators, spidermultusconfigs",
      "controller spiderreservedips",
      "controller NADs",
      "controller spidermultusconfigs/finalizers, spidersubnets/finalizers",
      "controller servicecidrs, crd.projectcalico.org ippools, ciliumpodippools, customresourcedefinitions",
      "controller kubevirt.io virtualmachines, virtualmachineinstances",
      "init",
      "clean",
      "cert helper",
    ],
  },
  {
    section: "14",
    subjects: [
      "apply --dry-run=server of every profile",
      "Fresh node: after the agent Pod is ready /opt/cni/bin holds",
      "Replacing a binary while a CNI call executes it",
      "Each ServiceAccount: auth can-i --list matches §3.2",
      "Certificate rotation under load: no rejected admission request",
      "Scrape both components",
      "Rolling swap from upstream v1.2",
      "clean on an installation whose controller is already dead",
    ],
  },
];

/** Why a row is not due, by its id. */
export const deferredOperations: Readonly<Record<string, string>> = {
  ...ofRows("1.4", { from: 1, to: 10, reason: "needs the controller" }),
  ...ofRows("1.5", { from: 1, to: 6, reason: "needs the RDMA exporter" }),
  ...ofRows("2", { from: 5, to: 8, reason: "needs the controller" }),
  "2.9": "a port of other projects' programs",
  "3.2.8": "needs the RDMA exporter",
  "3.2.9": "needs the hand-over to Multus",
  ...ofRows("3.2", { from: 10, to: 22, reason: "needs the controller" }),
  "3.2.23": "needs spiderpool-init's default objects",
  "3.2.25": "needs the controller's certificates",
  "14.5": "needs the controller's webhooks",
};

function ofRows(
  section: string,
  { from, to, reason }: { readonly from: number; readonly to: number; readonly reason: string },
): Record<string, string> {
  const ids = Array.from({ length: to - from + 1 }, (_, i) => `${section}.${from + i}`);
  return Object.fromEntries(ids.map((id) => [id, reason]));
}
