/**
 * The contract of the agent's unix socket: types, checks, encoders, a client and the OpenAPI document.
 *
 * @example
 * ```ts
 * import { createAgentClient, unixExchange } from "./agent/api/mod.ts";
 *
 * const exchange = unixExchange("/var/run/spidernet/spiderpool.sock", { timeoutMs: 30_000 });
 * const endpoint = await createAgentClient(exchange).endpoint({ namespace: "default", name: "web-0" });
 * ```
 *
 * @module
 */
export { capacityTarget, parseCapacityQuery } from "./capacity_query.ts";
export { AgentAnswerError, type AgentClient, createAgentClient } from "./client.ts";
export { ContractError } from "./contract_error.ts";
export { decodeBody, decodeMessage, requiredQuery } from "./decode.ts";
export { encodeBody, encodeJson } from "./encode.ts";
export { type AgentRequest, AgentUnreachableError, type Exchange, unixExchange } from "./exchange.ts";
export { explainAnswerModel } from "./explain_model.ts";
export { explainTarget, parseExplainQuery } from "./explain_query.ts";
export type {
  ExplainAnswer,
  ExplainArg,
  ExplainAttachment,
  ExplainCounts,
  ExplainFamily,
  ExplainLastAdd,
  ExplainOwner,
  ExplainPool,
  ExplainQuery,
  ExplainStep,
} from "./explain_types.ts";
export { ipamCapacityModel, ipamGcArgsModel, ipamGcResponseModel } from "./gc_models.ts";
export {
  type FamilyCapacity,
  type FreedAttachment,
  type IpamAttachment,
  type IpamCapacity,
  type IpamCapacityQuery,
  type IpamGcArgs,
  type IpamGcResponse,
  MAX_VALID_ATTACHMENTS,
} from "./gc_types.ts";
export { decodeGoJson } from "./go_json.ts";
export { bodyLengthOf, headEnd, HttpFormatError, type HttpHead, parseChunkSize, parseHead } from "./http_head.ts";
export { type HttpAnswer, tryParseAnswer } from "./http_response.ts";
export { coordinatorConfigModel, getCoordinatorArgsModel } from "./coordinator_models.ts";
export { workloadEndpointStatusModel } from "./endpoint_models.ts";
export {
  ipamAddArgsModel,
  ipamAddResponseModel,
  ipamBatchDelArgsModel,
  ipamDelArgsModel,
  ipConfigModel,
  routeModel,
} from "./ipam_models.ts";
export { openApiDocument } from "./openapi.ts";
export { type Operation, type OperationName, operations } from "./operations.ts";
export {
  decodeOwed,
  MAX_OWED,
  MAX_OWED_BYTES,
  OWED_SUFFIX,
  OWED_TEMPORARY,
  owedFolderOf,
  owedNameOf,
} from "./owed_del.ts";
export { removeOwed, writeOwed } from "./owed_folder.ts";
export type { AnyObjectSchema, ObjectSchema, Schema } from "./schema.ts";
export {
  type CoordinatorService,
  type HousekeepingService,
  type IpamService,
  ReleaseForbiddenError,
} from "./service.ts";
export type {
  ConflictIP,
  CoordinatorConfig,
  CoordinatorRoute,
  DetectionSettings,
  Dns,
  GetCoordinatorArgs,
  IpamAddArgs,
  IpamAddResponse,
  IpamBatchDelArgs,
  IpamDelArgs,
  IpConfig,
  Route,
  WorkloadEndpointInterface,
  WorkloadEndpointStatus,
} from "./types.ts";
