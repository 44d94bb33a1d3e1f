import type { CallOptions } from "./client_types.ts";
import type { KubeObject, ObjectKey, PartialObjectMetadata, ResourceType } from "./contract.ts";
import { type Decode, decodeMetadata } from "./decode.ts";
import type { Sender } from "./request.ts";

const METADATA = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1";
const METADATA_LIST = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1";

/** What all calls of one client share. */
export interface Context<T extends KubeObject> extends Sender {
  readonly type: ResourceType<T>;
  readonly fieldManager: string | undefined;
  readonly maxEventBytes: number;
}

/** Objects as a whole, or only their metadata: what to ask for and how to read it. */
export interface View<V> {
  readonly accept: string;
  readonly listAccept: string;
  readonly decode: Decode<V>;
}

/** Asks for metadata only. */
export const metadataView: View<PartialObjectMetadata> = {
  accept: METADATA,
  listAccept: METADATA_LIST,
  decode: decodeMetadata,
};

/** Asks for whole objects, and reads them with `decode`. */
export function wholeView<T>(decode: Decode<T>): View<T> {
  return { accept: "application/json", listAccept: "application/json", decode };
}

/** One call on one object. */
export interface ObjectCall<C extends CallOptions> {
  readonly key: ObjectKey;
  readonly call?: C | undefined;
}

/** Query parameters; those that are `undefined` are left out. */
export function queryOf(
  parameters: Readonly<Record<string, string | number | boolean | undefined>>,
): Record<string, string> {
  const given = Object.entries(parameters).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given.map(([name, value]) => [name, String(value)]));
}
