import type { ResourceReader, Selection } from "./client_types.ts";
import type { KubeObject, PartialObjectMetadata } from "./contract.ts";
import type { ReflectorSource } from "./reflector.ts";

/** Bookmarks come about once a minute: after three without one, in milliseconds, the connection counts as dead. */
const IDLE_TIMEOUT_MS = 180_000;

type Lister<T extends KubeObject> = Pick<ResourceReader<T>, "listAll" | "watch">;
type MetadataLister<T extends KubeObject> = Pick<ResourceReader<T>, "listAllMetadata" | "watchMetadata">;

/** Reads the selected objects of a client for a reflector. */
export function reflectorSource<T extends KubeObject>(
  client: Lister<T>,
  selection: Selection = {},
): ReflectorSource<T> {
  return {
    list: (options) => client.listAll({ ...selection, ...options }),
    watch: (options) => client.watch({ ...selection, idleTimeoutMs: IDLE_TIMEOUT_MS, ...options }),
  };
}

/** Reads only the metadata of the selected objects of a client for a reflector. */
export function metadataReflectorSource<T extends KubeObject>(
  client: MetadataLister<T>,
  selection: Selection = {},
): ReflectorSource<PartialObjectMetadata> {
  return {
    list: (options) => client.listAllMetadata({ ...selection, ...options }),
    watch: (options) => client.watchMetadata({ ...selection, idleTimeoutMs: IDLE_TIMEOUT_MS, ...options }),
  };
}
