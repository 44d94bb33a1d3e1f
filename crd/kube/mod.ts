/**
 * A Kubernetes client: typed access to one Kind at a time over any {@linkcode KubeTransport}, reflectors with indexed
 * stores, a work queue for reconcilers, and Events. Clock, randomness and log are passed in: nothing here but the HTTP
 * transports waits on anything else.
 *
 * @example
 * ```ts ignore
 * using transport = await transportFromEnvironment({ env: (name) => Deno.env.get(name), clock });
 * const pods = resourceClient(transport, podType, { clock });
 * const store = new Store<Pod>({ log, indexes: { node: (pod) => [pod.spec.nodeName ?? ""] } });
 * const source = reflectorSource(pods, { fieldSelector: "spec.nodeName=n1" });
 * const reflector = new Reflector({ ...source, store, clock, random, log });
 * const queue = new WorkQueue({ clock, random });
 * store.subscribeKeys((key) => queue.add(key));
 * await Promise.all([reflector.run(signal), runWorkers(queue, reconcile, { concurrency: 4, log, signal })]);
 * ```
 *
 * @module
 */
export { resourceClient } from "./client.ts";
export type {
  CallOptions,
  DeleteOptions,
  JsonPatchOperation,
  ListAllOptions,
  ListOptions,
  Patch,
  RawWriter,
  ResourceClient,
  ResourceClientOptions,
  ResourceReader,
  ResourceWriter,
  Selection,
  SubresourceOptions,
  WatchOptions,
  WriteOptions,
} from "./client_types.ts";
export type {
  KubeList,
  KubeMethod,
  KubeObject,
  KubeRequest,
  KubeResponse,
  KubeTransport,
  ObjectKey,
  ObjectMeta,
  OwnerReference,
  PartialObjectMetadata,
  ResourceType,
  WatchEvent,
} from "./contract.ts";
export { type CountingTransport, countingTransport, operationOf, type RequestCount } from "./counting.ts";
export { type EnvironmentOptions, transportFromEnvironment } from "./environment.ts";
export {
  isAlreadyExists,
  isConflict,
  isGone,
  isNotFound,
  isOutcomeUnknown,
  isTooManyRequests,
  KubeApiError,
  type KubeApiErrorFacts,
  KubeConnectionError,
  KubeResponseError,
  KubeTimeoutError,
} from "./errors.ts";
export { EventRecorder, type EventRecorderOptions } from "./events.ts";
export { type CoreEvent, type EventInput, eventType, type ObjectReference } from "./event_object.ts";
export { type Authorization, type HttpTransport, httpTransport, type HttpTransportOptions } from "./http.ts";
export { type Env, type InClusterOptions, inClusterTransport } from "./in_cluster.ts";
export { keyOf, parseKey } from "./key.ts";
export { type KubeconfigOptions, kubeconfigTransport } from "./kubeconfig_transport.ts";
export { Reflector, type ReflectorOptions, type ReflectorSource, type ReflectorState } from "./reflector.ts";
export { metadataReflectorSource, reflectorSource } from "./reflector_source.ts";
export { compareResourceVersions } from "./resource_version.ts";
export { retrying, type RetryingOptions } from "./retrying.ts";
export { type IndexFunction, Store, type StoreListener, type StoreOptions, type StoreView } from "./store.ts";
export { fileToken, type FileTokenOptions, fixedToken } from "./token.ts";
export { type Reconcile, type ReconcileResult, runWorkers, TerminalError, type WorkersOptions } from "./workers.ts";
export { WorkQueue, type WorkQueueOptions } from "./workqueue.ts";
