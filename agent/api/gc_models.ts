import type {
  FamilyCapacity,
  FreedAttachment,
  IpamAttachment,
  IpamCapacity,
  IpamGcArgs,
  IpamGcResponse,
} from "./gc_types.ts";
import type { AnyObjectSchema, ObjectSchema } from "./schema.ts";
import { text, texts } from "./schema_fields.ts";

/** Table of {@linkcode IpamAttachment}. */
const attachmentModel: ObjectSchema<IpamAttachment> = {
  type: "object",
  title: "IpamAttachment",
  required: ["containerID", "ifName"],
  properties: { containerID: text, ifName: text },
};

/** Table of {@linkcode IpamGcArgs}. */
export const ipamGcArgsModel: ObjectSchema<IpamGcArgs> = {
  type: "object",
  title: "IpamGcArgs",
  required: ["networkName", "validAttachments"],
  properties: { networkName: text, validAttachments: { type: "array", items: attachmentModel } },
};

const freedModel: ObjectSchema<FreedAttachment> = {
  type: "object",
  title: "FreedAttachment",
  required: ["addresses", "containerID", "ifName", "podName", "podNamespace"],
  properties: { addresses: texts, containerID: text, ifName: text, podName: text, podNamespace: text },
};

/** Table of {@linkcode IpamGcResponse}. */
export const ipamGcResponseModel: ObjectSchema<IpamGcResponse> = {
  type: "object",
  title: "IpamGcResponse",
  required: ["freed", "kept"],
  properties: { freed: { type: "array", items: freedModel }, kept: { type: "integer" } },
};

const familyModel: ObjectSchema<FamilyCapacity> = {
  type: "object",
  title: "FamilyCapacity",
  required: ["hasFree", "pools", "version"],
  properties: { hasFree: { type: "boolean" }, pools: texts, version: { type: "integer", enum: [4, 6] } },
};

/** Table of {@linkcode IpamCapacity}. */
export const ipamCapacityModel: ObjectSchema<IpamCapacity> = {
  type: "object",
  title: "IpamCapacity",
  required: ["families"],
  properties: { families: { type: "array", items: familyModel } },
};

/** Tables that stand inside those above. */
export const gcInnerModels: readonly AnyObjectSchema[] = [attachmentModel, familyModel, freedModel];
