/**
 * Kinds of Kubernetes itself, with only the fields that are read or written here. Objects keep the others at run time.
 * Events are beside what records them, in `crd/kube/events.ts`.
 *
 * @module
 */
export {
  type VirtualMachine,
  type VirtualMachineInstance,
  type VirtualMachineInstanceMigration,
  virtualMachineInstanceMigrations,
  virtualMachineInstances,
  virtualMachines,
} from "./kubevirt.ts";
export { type Endpoint, type EndpointSlice, endpointSlices } from "./endpoint_slice.ts";
export { type Lease, leases } from "./lease.ts";
export { type Namespace, namespaces } from "./namespace.ts";
export { type Node, type NodeAddress, type NodeCondition, nodes } from "./node.ts";
export {
  type Container,
  type ContainerStatus,
  type Pod,
  type PodCondition,
  pods,
  type PodSpec,
  type PodStatus,
} from "./pod.ts";
export {
  type CronJob,
  cronJobs,
  type DaemonSet,
  daemonSets,
  type Deployment,
  deployments,
  type Job,
  jobs,
  type JobSpec,
  type PodTemplate,
  type ReplicaSet,
  replicaSets,
  type ReplicatedSpec,
  type StatefulSet,
  statefulSets,
} from "./workload.ts";
