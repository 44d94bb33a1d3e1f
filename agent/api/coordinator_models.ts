import type { ObjectSchema } from "./schema.ts";
import { flag, integer, text, texts } from "./schema_fields.ts";
import type { CoordinatorConfig, CoordinatorRoute, GetCoordinatorArgs } from "./types.ts";

/** Table of {@linkcode GetCoordinatorArgs}. */
export const getCoordinatorArgsModel: ObjectSchema<GetCoordinatorArgs> = {
  type: "object",
  title: "GetCoordinatorArgs",
  required: [],
  properties: { podName: text, podNamespace: text },
};

/** Table of {@linkcode CoordinatorRoute}. */
export const coordinatorRouteModel: ObjectSchema<CoordinatorRoute> = {
  type: "object",
  title: "CoordinatorRoute",
  required: ["dst", "gw"],
  properties: { dst: text, gw: text },
};

/** Table of {@linkcode CoordinatorConfig}. */
export const coordinatorConfigModel: ObjectSchema<CoordinatorConfig> = {
  type: "object",
  title: "CoordinatorConfig",
  required: ["mode", "overlayPodCIDR", "serviceCIDR", "tunePodRoutes"],
  properties: {
    hijackCIDR: texts,
    hostRuleTable: integer,
    mode: text,
    overlayPodCIDR: texts,
    podDefaultRouteNIC: text,
    podMACPrefix: text,
    podRPFilter: integer,
    policyRoutes: { type: "array", items: coordinatorRouteModel },
    serviceCIDR: texts,
    tunePodRoutes: flag,
    txQueueLen: integer,
    vethLinkAddress: text,
    vethMTU: integer,
  },
};
