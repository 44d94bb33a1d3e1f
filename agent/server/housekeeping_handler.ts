import {
  ContractError,
  decodeBody,
  encodeBody,
  type HousekeepingService,
  ipamCapacityModel,
  type IpamGcArgs,
  ipamGcArgsModel,
  ipamGcResponseModel,
  MAX_VALID_ATTACHMENTS,
  parseCapacityQuery,
} from "../api/mod.ts";
import type { OperationHandlers } from "./router.ts";

/** Codes of upstream's framework (go-openapi). */
const TOO_SHORT = 604;
const TOO_MANY = 616;

/** The operations that the plugin asks for GC and STATUS. */
export function createHousekeepingHandlers(service: HousekeepingService): OperationHandlers {
  return {
    async postIpamGc({ body }, signal) {
      const collected = await service.collect(gcArgsOf(body), signal);
      return { status: 200, body: encodeBody(ipamGcResponseModel, collected) };
    },
    async getIpamCapacity({ query }, signal) {
      const capacity = await service.capacity(parseCapacityQuery(query), signal);
      return { status: 200, body: encodeBody(ipamCapacityModel, capacity) };
    },
  };
}

/** @throws {ContractError} 422 also for an empty network name, which nothing carries, and for too many attachments */
function gcArgsOf(body: Uint8Array): IpamGcArgs {
  const args = decodeBody(body, { name: "ipamGcArgs", model: ipamGcArgsModel });
  if (args.networkName === "") {
    throw new ContractError(422, TOO_SHORT, "networkName in body should be at least 1 chars long");
  }
  if (args.validAttachments.length <= MAX_VALID_ATTACHMENTS) return args;
  throw new ContractError(
    422,
    TOO_MANY,
    `validAttachments in body should have at most ${MAX_VALID_ATTACHMENTS} items`,
  );
}
