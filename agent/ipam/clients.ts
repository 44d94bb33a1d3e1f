import type { Clock } from "../../net/base/clock.ts";
import {
  type Job,
  jobs,
  type Namespace,
  namespaces,
  type Node,
  nodes,
  type Pod,
  pods,
  type ReplicaSet,
  replicaSets,
  type StatefulSet,
  statefulSets,
  type VirtualMachine,
  type VirtualMachineInstance,
  type VirtualMachineInstanceMigration,
  virtualMachineInstanceMigrations,
  virtualMachineInstances,
  virtualMachines,
} from "../../crd/core/mod.ts";
import {
  type SpiderEndpoint,
  spiderEndpoints,
  type SpiderIPPool,
  spiderIPPools,
  type SpiderReservedIP,
  spiderReservedIPs,
} from "../../crd/generated/mod.ts";
import { resourceClient } from "../../crd/kube/client.ts";
import type { ResourceClient, ResourceReader } from "../../crd/kube/client_types.ts";
import type { ResourceWriter } from "../../crd/kube/client_types.ts";
import type { KubeTransport } from "../../crd/kube/contract.ts";
import { type CoreEvent, eventType } from "../../crd/kube/event_object.ts";
import { type PatientOptions, type PatientReader, patientReader } from "./patient.ts";

/** The Kinds the agent touches; RBAC follows from this list. */
export interface AgentClients {
  readonly pods: ResourceReader<Pod>;
  readonly namespaces: ResourceReader<Namespace>;
  readonly nodes: ResourceReader<Node>;
  readonly replicaSets: ResourceReader<ReplicaSet>;
  readonly jobs: ResourceReader<Job>;
  readonly statefulSets: ResourceReader<StatefulSet>;
  /** This and the next two are asked only with `enableKubevirtStaticIP`. */
  readonly virtualMachineInstances: ResourceReader<VirtualMachineInstance>;
  readonly virtualMachines: ResourceReader<VirtualMachine>;
  readonly virtualMachineInstanceMigrations: ResourceReader<VirtualMachineInstanceMigration>;
  readonly pools: ResourceClient<SpiderIPPool>;
  readonly reservedIPs: ResourceReader<SpiderReservedIP>;
  readonly endpoints: ResourceClient<SpiderEndpoint>;
  readonly events: ResourceWriter<CoreEvent>;
}

/** Clients of one API server. `timeoutMs` bounds each request. */
export function agentClients(
  transport: KubeTransport,
  options: { readonly clock: Clock; readonly timeoutMs: number },
): AgentClients {
  const withManager = { ...options, fieldManager: "spiderpool-agent" };
  return {
    pods: resourceClient(transport, pods, withManager),
    namespaces: resourceClient(transport, namespaces, withManager),
    nodes: resourceClient(transport, nodes, withManager),
    replicaSets: resourceClient(transport, replicaSets, withManager),
    jobs: resourceClient(transport, jobs, withManager),
    statefulSets: resourceClient(transport, statefulSets, withManager),
    virtualMachineInstances: resourceClient(transport, virtualMachineInstances, withManager),
    virtualMachines: resourceClient(transport, virtualMachines, withManager),
    virtualMachineInstanceMigrations: resourceClient(transport, virtualMachineInstanceMigrations, withManager),
    pools: resourceClient(transport, spiderIPPools, withManager),
    reservedIPs: resourceClient(transport, spiderReservedIPs, withManager),
    endpoints: resourceClient(transport, spiderEndpoints, withManager),
    events: resourceClient(transport, eventType, withManager),
  };
}

/** Reads that requests wait for, through times in which the API server cannot be reached. */
export interface AgentReads {
  readonly pods: PatientReader<Pod>;
  readonly namespaces: PatientReader<Namespace>;
  readonly nodes: PatientReader<Node>;
  readonly replicaSets: PatientReader<ReplicaSet>;
  readonly jobs: PatientReader<Job>;
  readonly statefulSets: PatientReader<StatefulSet>;
  readonly virtualMachineInstances: PatientReader<VirtualMachineInstance>;
  readonly virtualMachines: PatientReader<VirtualMachine>;
  readonly virtualMachineInstanceMigrations: PatientReader<VirtualMachineInstanceMigration>;
  readonly pools: PatientReader<SpiderIPPool>;
  readonly endpoints: PatientReader<SpiderEndpoint>;
}

/** {@linkcode patientReader} of each Kind that requests read. */
export function agentReads(clients: AgentClients, options: PatientOptions): AgentReads {
  return {
    pods: patientReader(clients.pods, options),
    namespaces: patientReader(clients.namespaces, options),
    nodes: patientReader(clients.nodes, options),
    replicaSets: patientReader(clients.replicaSets, options),
    jobs: patientReader(clients.jobs, options),
    statefulSets: patientReader(clients.statefulSets, options),
    virtualMachineInstances: patientReader(clients.virtualMachineInstances, options),
    virtualMachines: patientReader(clients.virtualMachines, options),
    virtualMachineInstanceMigrations: patientReader(clients.virtualMachineInstanceMigrations, options),
    pools: patientReader(clients.pools, options),
    endpoints: patientReader(clients.endpoints, options),
  };
}
