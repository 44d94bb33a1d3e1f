import type {
  ExplainAnswer,
  ExplainArg,
  ExplainAttachment,
  ExplainCounts,
  ExplainFamily,
  ExplainLastAdd,
  ExplainOwner,
  ExplainPool,
  ExplainStep,
} from "./explain_types.ts";
import type { AnyObjectSchema, ObjectSchema } from "./schema.ts";
import { integer, text, texts } from "./schema_fields.ts";

const argModel: ObjectSchema<ExplainArg> = {
  type: "object",
  title: "ExplainArg",
  required: ["name", "origin", "values"],
  properties: { name: text, origin: text, values: texts },
};

const ownerModel: ObjectSchema<ExplainOwner> = {
  type: "object",
  title: "ExplainOwner",
  required: ["apiVersion", "kind", "name"],
  properties: { apiVersion: text, keeps: text, kind: text, name: text },
};

const stepModel: ObjectSchema<ExplainStep> = {
  type: "object",
  title: "ExplainStep",
  required: ["code", "text"],
  properties: { code: text, subject: text, text },
};

const countsModel: ObjectSchema<ExplainCounts> = {
  type: "object",
  title: "ExplainCounts",
  required: ["free", "offered", "quarantined", "recorded", "releasedLately", "reserved"],
  properties: { free: text, offered: text, quarantined: text, recorded: text, releasedLately: text, reserved: text },
};

const poolModel: ObjectSchema<ExplainPool> = {
  type: "object",
  title: "ExplainPool",
  required: ["name", "preferences", "text", "verdict"],
  properties: { counts: countsModel, name: text, place: integer, preferences: texts, text, verdict: text },
};

const familyModel: ObjectSchema<ExplainFamily> = {
  type: "object",
  title: "ExplainFamily",
  required: ["nic", "pools", "source", "version"],
  properties: {
    address: text,
    ipPool: text,
    nic: text,
    pools: { type: "array", items: poolModel },
    source: text,
    version: { type: "integer", enum: [4, 6] },
    why: text,
    whyText: text,
  },
};

const lastAddModel: ObjectSchema<ExplainLastAdd> = {
  type: "object",
  title: "ExplainLastAdd",
  required: ["containerID", "podUID", "time"],
  properties: { containerID: text, error: text, podUID: text, time: text },
};

const attachmentModel: ObjectSchema<ExplainAttachment> = {
  type: "object",
  title: "ExplainAttachment",
  required: ["args", "families", "ifName", "notes", "outcome", "sources"],
  properties: {
    args: { type: "array", items: argModel },
    endpoint: stepModel,
    error: text,
    families: { type: "array", items: familyModel },
    ifName: text,
    lastAdd: lastAddModel,
    notes: { type: "array", items: stepModel },
    outcome: text,
    owner: ownerModel,
    sources: { type: "array", items: stepModel },
  },
};

/** Table of {@linkcode ExplainAnswer}. */
export const explainAnswerModel: ObjectSchema<ExplainAnswer> = {
  type: "object",
  title: "ExplainAnswer",
  required: ["attachments", "node", "outcome", "podName", "podNamespace", "podUID", "text"],
  properties: {
    attachments: { type: "array", items: attachmentModel },
    node: text,
    outcome: text,
    podName: text,
    podNamespace: text,
    podUID: text,
    text,
  },
};

/** Models within {@linkcode explainAnswerModel}, for the OpenAPI document. */
export const explainModels: readonly AnyObjectSchema[] = [
  argModel,
  ownerModel,
  stepModel,
  countsModel,
  poolModel,
  familyModel,
  lastAddModel,
  attachmentModel,
];
