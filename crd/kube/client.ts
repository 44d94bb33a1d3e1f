/** Typed access to one Kind of a Kubernetes API. */
import { type Context, metadataView, wholeView } from "./client_context.ts";
import { get, list, listAll, undefinedIfAbsent, watch } from "./client_reads.ts";
import type { ResourceClient, ResourceClientOptions } from "./client_types.ts";
import { create, deleteObject, patchObject, replace, update } from "./client_writes.ts";
import type { KubeObject, KubeTransport, ResourceType } from "./contract.ts";
import { objectDecoder } from "./decode.ts";

const MIB = 1 << 20;

/**
 * A client for the Kind `type` names.
 *
 * @example
 * ```ts ignore
 * const pods = resourceClient(transport, podType, { clock: systemClock });
 * const pod = await pods.get({ namespace: "default", name: "web-0" });
 * ```
 */
export function resourceClient<T extends KubeObject>(
  transport: KubeTransport,
  type: ResourceType<T>,
  options: ResourceClientOptions<T>,
): ResourceClient<T> {
  const { clock, timeoutMs = 15_000, fieldManager, maxBodyBytes = 64 * MIB, maxEventBytes = 16 * MIB } = options;
  const context: Context<T> = { transport, type, clock, timeoutMs, fieldManager, maxBodyBytes, maxEventBytes };
  const whole = wholeView(objectDecoder(type, options.decode));
  return {
    type,
    get: (key, call) => get(context, whole, { key, call }),
    tryGet: (key, call) => undefinedIfAbsent(get(context, whole, { key, call })),
    getMetadata: (key, call) => get(context, metadataView, { key, call }),
    list: (call) => list(context, whole, call),
    listMetadata: (call) => list(context, metadataView, call),
    listAll: (call) => listAll(context, whole, call),
    listAllMetadata: (call) => listAll(context, metadataView, call),
    watch: (call) => watch(context, whole, call),
    watchMetadata: (call) => watch(context, metadataView, call),
    create: (object, call) => create(context, whole, { object, call }),
    update: (object, call) => update(context, whole, { object, call }),
    updateStatus: (object, call) => update(context, whole, { object, call: { ...call, subresource: "status" } }),
    replaceRaw: (key, body, call) => replace(context, whole, { key, body, call }),
    replaceRawForMetadata: (key, body, call) => replace(context, metadataView, { key, body, call }),
    patch: (key, patch, call) => patchObject(context, whole, { key, patch, call }),
    delete: (key, call) => deleteObject(context, key, call),
  };
}
