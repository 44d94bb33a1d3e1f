import { explainAnswerModel } from "./explain_model.ts";
import { ipamCapacityModel, ipamGcArgsModel, ipamGcResponseModel } from "./gc_models.ts";
import { coordinatorConfigModel, getCoordinatorArgsModel } from "./coordinator_models.ts";
import { workloadEndpointStatusModel } from "./endpoint_models.ts";
import { ipamAddArgsModel, ipamAddResponseModel, ipamBatchDelArgsModel, ipamDelArgsModel } from "./ipam_models.ts";
import type { AnyObjectSchema } from "./schema.ts";

/** One route of the agent's API. */
export interface Operation {
  readonly method: "GET" | "POST" | "DELETE";
  /** With the base path, such as `/v1/ipam/ip`. */
  readonly path: string;
  /** `<tag>.<Op>` in upstream's "not yet been implemented" answer. */
  readonly name: string;
  readonly summary: string;
  readonly body?: { readonly name: string; readonly model: AnyObjectSchema };
  readonly query?: readonly string[];
  /** Parameters of the query that may be absent. */
  readonly optionalQuery?: Readonly<Record<string, "string" | "boolean" | "strings">>;
  readonly answer?: AnyObjectSchema;
  /** Statuses with a bare JSON string, besides 500. */
  readonly failures?: readonly number[];
}

/**
 * All routes that upstream's agent has, and this project's own: `getIpamExplain`, `postIpamGc`, `getIpamCapacity` and
 * `postRuntimeShutdown`.
 */
export const operations = {
  getIpamHealthy: {
    method: "GET",
    path: "/v1/ipam/healthy",
    name: "connectivity.GetIpamHealthy",
    summary: "Tells that the agent serves its socket",
  },
  postIpamIP: {
    method: "POST",
    path: "/v1/ipam/ip",
    name: "daemonset.PostIpamIP",
    summary: "Gives a Pod its addresses on one link",
    body: { name: "ipamAddArgs", model: ipamAddArgsModel },
    answer: ipamAddResponseModel,
  },
  deleteIpamIP: {
    method: "DELETE",
    path: "/v1/ipam/ip",
    name: "daemonset.DeleteIpamIP",
    summary: "Gives back what one attachment holds",
    body: { name: "ipamDelArgs", model: ipamDelArgsModel },
  },
  postIpamIps: {
    method: "POST",
    path: "/v1/ipam/ips",
    name: "daemonset.PostIpamIps",
    summary: "Does nothing; kept for upstream's clients",
  },
  deleteIpamIps: {
    method: "DELETE",
    path: "/v1/ipam/ips",
    name: "daemonset.DeleteIpamIps",
    summary: "Gives back everything a Pod holds, or sets aside the addresses that conflict",
    body: { name: "ipamBatchDelArgs", model: ipamBatchDelArgsModel },
    failures: [521, 522],
  },
  getWorkloadendpoint: {
    method: "GET",
    path: "/v1/workloadendpoint",
    name: "daemonset.GetWorkloadendpoint",
    summary: "What the SpiderEndpoint of a Pod says",
    query: ["podName", "podNamespace"],
    answer: workloadEndpointStatusModel,
    failures: [404],
  },
  getIpamExplain: {
    method: "GET",
    path: "/v1/ipam/explain",
    name: "daemonset.GetIpamExplain",
    summary: "What an ADD of a Pod of this node would do now, and why; claims and writes nothing",
    query: ["podName", "podNamespace"],
    optionalQuery: {
      ifName: "string",
      defaultIPv4IPPool: "strings",
      defaultIPv6IPPool: "strings",
      cleanGateway: "boolean",
      matchMasterSubnet: "boolean",
    },
    answer: explainAnswerModel,
    failures: [404],
  },
  postIpamGc: {
    method: "POST",
    path: "/v1/ipam/gc",
    name: "daemonset.PostIpamGc",
    summary: "Frees what this node holds in a CNI network for containers that the runtime does not have any more",
    body: { name: "ipamGcArgs", model: ipamGcArgsModel },
    answer: ipamGcResponseModel,
  },
  getIpamCapacity: {
    method: "GET",
    path: "/v1/ipam/capacity",
    name: "daemonset.GetIpamCapacity",
    summary: "Whether pools have an address for a Pod of this node; without pools, the cluster's defaults",
    optionalQuery: { defaultIPv4IPPool: "strings", defaultIPv6IPPool: "strings" },
    answer: ipamCapacityModel,
  },
  getCoordinatorConfig: {
    method: "GET",
    path: "/v1/coordinator/config",
    name: "daemonset.GetCoordinatorConfig",
    summary: "Configuration of the coordinator plugin for a Pod",
    body: { name: "getCoordinatorConfig", model: getCoordinatorArgsModel },
    answer: coordinatorConfigModel,
  },
  getRuntimeStartup: {
    method: "GET",
    path: "/v1/runtime/startup",
    name: "runtime.GetRuntimeStartup",
    summary: "Startup probe",
  },
  getRuntimeReadiness: {
    method: "GET",
    path: "/v1/runtime/readiness",
    name: "runtime.GetRuntimeReadiness",
    summary: "Readiness probe",
  },
  getRuntimeLiveness: {
    method: "GET",
    path: "/v1/runtime/liveness",
    name: "runtime.GetRuntimeLiveness",
    summary: "Liveness probe",
  },
  postRuntimeShutdown: {
    method: "POST",
    path: "/v1/runtime/shutdown",
    name: "runtime.PostRuntimeShutdown",
    summary: "Asks the agent to finish its requests and stop; only on the unix socket",
  },
} as const satisfies Record<string, Operation>;

/** Key of one of the {@linkcode operations}. */
export type OperationName = keyof typeof operations;
