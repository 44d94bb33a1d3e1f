import { routeModel } from "./ipam_models.ts";
import type { ObjectSchema } from "./schema.ts";
import { integer, text } from "./schema_fields.ts";
import type { Route, WorkloadEndpointInterface, WorkloadEndpointStatus } from "./types.ts";

/** Upstream's agent leaves `ifName` null here, although its own description requires it. */
const endpointRouteModel: ObjectSchema<Route> = { ...routeModel, required: ["dst", "gw"] };

/** Table of {@linkcode WorkloadEndpointInterface}. */
export const workloadEndpointInterfaceModel: ObjectSchema<WorkloadEndpointInterface> = {
  type: "object",
  title: "WorkloadEndpointInterface",
  required: ["interface"],
  properties: {
    interface: text,
    ipv4: text,
    ipv4Gateway: text,
    ipv4Pool: text,
    ipv6: text,
    ipv6Gateway: text,
    ipv6Pool: text,
    mac: text,
    routes: { type: "array", items: endpointRouteModel },
    vlan: integer,
  },
};

/** Table of {@linkcode WorkloadEndpointStatus}. */
export const workloadEndpointStatusModel: ObjectSchema<WorkloadEndpointStatus> = {
  type: "object",
  title: "WorkloadEndpointStatus",
  required: ["interfaces", "node", "podName", "podNamespace", "podUID"],
  properties: {
    interfaces: { type: "array", items: workloadEndpointInterfaceModel },
    node: text,
    podName: text,
    podNamespace: text,
    podUID: text,
  },
};
