/** Metadata on its way in: what clients may set, what the server sets. */
import { isObject, type Json, type JsonObject } from "./json.ts";
import { metaOf } from "./object.ts";

const clientKeys = [
  "name",
  "generateName",
  "namespace",
  "uid",
  "resourceVersion",
  "generation",
  "creationTimestamp",
  "deletionTimestamp",
  "deletionGracePeriodSeconds",
  "labels",
  "annotations",
  "ownerReferences",
  "finalizers",
  "managedFields",
];
/** Read-only leftover of old versions: dropped in silence. */
const ignoredKeys = ["selfLink"];
const systemKeys = ["uid", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds"];
/** What an object may be created with by an update. */
const deletionKeys = ["deletionTimestamp", "deletionGracePeriodSeconds"];
/** What an update takes from the stored object whatever the body says. */
const keptKeys = ["creationTimestamp", "generation", "resourceVersion"];
/** What an update takes from the stored object where the body says nothing. */
const completedKeys = ["uid", "deletionGracePeriodSeconds"];

/** Metadata in the order of the API's struct, without nulls, empty values and unknown keys. */
export function normalMeta(metadata: Readonly<JsonObject>): JsonObject {
  const result: JsonObject = {};
  for (const key of clientKeys) {
    const value = metadata[key];
    if (value !== undefined && !isEmpty(value)) result[key] = value;
  }
  return result;
}

function isEmpty(value: Json): boolean {
  if (value === null || value === "") return true;
  if (Array.isArray(value)) return value.length === 0;
  return isObject(value) && Object.keys(value).length === 0;
}

/** Keys of `metadata` that no object has. */
export function unknownMetaKeys(metadata: Readonly<JsonObject>): string[] {
  return Object.keys(metadata).filter((key) => !clientKeys.includes(key) && !ignoredKeys.includes(key));
}

/** Metadata of a new object: what the server sets is removed, of one that an update creates less of it. */
export function metaForCreate(body: Readonly<JsonObject>, isUpdate: boolean): JsonObject {
  const metadata = normalMeta(metaOf(body));
  for (const key of systemKeys) if (!isUpdate || !deletionKeys.includes(key)) delete metadata[key];
  return metadata;
}

/**
 * Metadata of an update: what the server sets is taken from `old`, managed fields too if the body has none.
 * A UID or a deletion that `old` does not have stays, to be refused.
 */
export function metaForUpdate(body: Readonly<JsonObject>, old: Readonly<JsonObject>): JsonObject {
  const metadata = normalMeta({ ...metaOf(body) });
  const before = metaOf(old);
  for (const key of keptKeys) {
    const value = before[key];
    if (value === undefined) delete metadata[key];
    else metadata[key] = value;
  }
  if (before.deletionTimestamp !== undefined) metadata.deletionTimestamp = before.deletionTimestamp;
  for (const key of completedKeys) {
    const value = before[key];
    if (metadata[key] === undefined && value !== undefined) metadata[key] = value;
  }
  if (metadata.managedFields === undefined && before.managedFields !== undefined) {
    metadata.managedFields = before.managedFields;
  }
  return metadata;
}
