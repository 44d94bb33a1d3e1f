/** Types of the fields of metadata: what does not fit cannot be decoded. Source: `ObjectMeta v1 meta`. */
import { isObject, type Json, type JsonObject } from "./json.ts";

type Check = (value: Json) => boolean;

function isText(value: Json): boolean {
  return typeof value === "string";
}

function isInteger(value: Json): boolean {
  return Number.isInteger(value);
}

function isFlag(value: Json): boolean {
  return typeof value === "boolean";
}

function isTexts(value: Json): boolean {
  return Array.isArray(value) && value.every((item) => item === null || isText(item));
}

function isTextMap(value: Json): boolean {
  return isObject(value) && Object.values(value).every((item) => item === null || isText(item));
}

function isTime(value: Json): boolean {
  return typeof value === "string" && (value === "" || !Number.isNaN(Date.parse(value)));
}

function isOwnerList(value: Json): boolean {
  return Array.isArray(value) && value.every((item) => isObject(item) && misfit(item, ownerFields) === undefined);
}

const ownerFields: Readonly<Record<string, Check>> = {
  apiVersion: isText,
  kind: isText,
  name: isText,
  uid: isText,
  controller: isFlag,
  blockOwnerDeletion: isFlag,
};

const metaFields: Readonly<Record<string, Check>> = {
  name: isText,
  generateName: isText,
  namespace: isText,
  uid: isText,
  resourceVersion: isText,
  generation: isInteger,
  creationTimestamp: isTime,
  deletionTimestamp: isTime,
  deletionGracePeriodSeconds: isInteger,
  labels: isTextMap,
  annotations: isTextMap,
  finalizers: isTexts,
  ownerReferences: isOwnerList,
  managedFields: Array.isArray,
};

function misfit(object: JsonObject, fields: Readonly<Record<string, Check>>): string | undefined {
  return Object.entries(object).find(([key, value]) => value !== null && fields[key]?.(value) === false)?.[0];
}

/** What keeps the metadata of a body from being decoded; `undefined`: nothing. */
export function metaTypeError(body: Readonly<JsonObject>): string | undefined {
  const { metadata } = body;
  if (metadata === undefined || metadata === null) return undefined;
  if (!isObject(metadata)) return "json: cannot unmarshal the value of metadata into ObjectMeta";
  const field = misfit(metadata, metaFields);
  return field === undefined ? undefined : `json: cannot unmarshal the value of field ObjectMeta.${field}`;
}
