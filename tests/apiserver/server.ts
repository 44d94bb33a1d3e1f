/**
 * The embedded API: a small Kubernetes API server for the demo, fast tests and the simulator.
 *
 * @module
 */
import type { KubeTransport } from "../../crd/kube/contract.ts";
import type { ApiAnswer } from "./answer.ts";
import { builtinResources } from "./builtin.ts";
import { crdErrors, resourceOfCrd } from "./crd.ts";
import type { Core } from "./core.ts";
import type { Fault, FaultPlan } from "./faults.ts";
import { startControllers } from "./gc.ts";
import { answerRequest } from "./handler.ts";
import { type ServedApi, serveHttp } from "./http.ts";
import { isObject, type Json, type JsonObject } from "./json.ts";
import { type ApiObject, metaString } from "./object.ts";
import type { EmbeddedApiOptions } from "./options.ts";
import { completeNew, shapeObject, validateObject } from "./prepare.ts";
import { Registry } from "./registry.ts";
import { type ApiRequest, faultRequestOf, parsePath } from "./request.ts";
import type { Resource } from "./resource.ts";
import { errorForFault } from "./fault_error.ts";
import { errorAnswer } from "./answer.ts";
import { Store, type StoreEvent } from "./store.ts";
import type { StoredVersion } from "./version.ts";
import { TokenAuthority } from "./token_review.ts";
import { inProcessTransport } from "./transport.ts";

export type { EmbeddedApiOptions, ObservedRequest } from "./options.ts";
export { type Fault, type FaultPlan, type FaultRequest, type FaultRule, faultRules, type Verb } from "./faults.ts";
export type { Admission, AdmissionRequest } from "./admission.ts";
export type { ServedApi } from "./http.ts";
export type { ApiObject } from "./object.ts";

/** Names a resource whatever its version; a `ResourceType` fits. */
export interface ResourceId {
  readonly group: string;
  readonly plural: string;
}

/**
 * A Kubernetes API server in this process.
 *
 * Without {@linkcode serve} it is deterministic: only the injected clock and generator, and microtasks.
 */
export class EmbeddedApi {
  /** In-process, without a client name. */
  readonly transport: KubeTransport;
  /** Issues tokens of ServiceAccounts, which TokenReviews tell. Requests to the API itself need none. */
  readonly tokens: TokenAuthority;
  readonly #core: Core;
  /** Snapshots by the list that they are of. */
  readonly #snapshots = new WeakMap<readonly StoredVersion[], readonly ApiObject[]>();
  readonly #options: EmbeddedApiOptions;
  #faults: FaultPlan | undefined;

  /** @throws {ApiError} if one of `crds` is not a valid CustomResourceDefinition */
  constructor(options: EmbeddedApiOptions) {
    this.#options = options;
    this.#faults = options.faults;
    this.tokens = new TokenAuthority(options.clock);
    this.#core = newCore(options);
    this.#core.store.subscribe((event) => followDefinitions(this.#core.registry, event));
    if (options.controllers !== false) startControllers(this.#core);
    for (const name of ["default", "kube-system"]) this.#install("Namespace", { metadata: { name } });
    for (const crd of options.crds ?? []) this.#install("CustomResourceDefinition", crd);
    this.transport = this.connect("");
  }

  /** A transport whose requests carry `client` in faults, observations and managed fields. */
  connect(client: string): KubeTransport {
    return inProcessTransport(this.#frontend(), client);
  }

  /** Serves HTTP on loopback. */
  async serve(options: { hostname?: "127.0.0.1"; port?: number } = {}): Promise<ServedApi> {
    return await serveHttp(this.#frontend(), options);
  }

  /** From now on requests go wrong as `plan` says; `undefined`: nothing does. */
  setFaults(plan: FaultPlan | undefined): void {
    this.#faults = plan;
  }

  /** The objects of a resource right now, frozen, ordered by namespace and name; the same list until one changes. */
  snapshot(resource: ResourceId): readonly ApiObject[] {
    const found = this.#core.registry.findStored(resource);
    if (found === undefined) return [];
    const versions = this.#core.store.collection(found).list("");
    let snapshot = this.#snapshots.get(versions);
    if (snapshot === undefined) this.#snapshots.set(versions, snapshot = versions.map(({ object }) => object));
    return snapshot;
  }

  /** The revision of the last write. */
  get revision(): number {
    return this.#core.store.revision;
  }

  /** Forgets all history: every resourceVersion before now is answered 410, as after a compaction of etcd. */
  compact(): void {
    this.#core.store.compact();
  }

  #install(kind: string, json: unknown): void {
    const core = this.#core;
    const resource = core.registry.all().find((entry) => entry.kind === kind);
    if (resource === undefined || !isObject(json as Json)) throw new TypeError(`Cannot install ${kind}: not an object`);
    const body = structuredClone(json) as JsonObject;
    const name = metaString(body, "name") ?? "";
    const { object } = shapeObject(body, resource);
    const complete = completeNew(object, { core, resource, namespace: undefined, name });
    validateObject(complete, { resource, old: undefined });
    core.store.put(resource, complete);
  }

  #frontend() {
    return {
      clock: this.#options.clock,
      decideFault: (request: ApiRequest) => this.#faults?.(faultRequestOf(request, parsePath(request.path))),
      answer: (request: ApiRequest, fault: Fault | undefined) => this.#answer(request, fault),
      noteLost: (request: ApiRequest) => this.#observe(request, { status: 0, responseLength: 0 }),
    };
  }

  async #answer(request: ApiRequest, fault: Fault | undefined): Promise<ApiAnswer> {
    const path = parsePath(request.path);
    const answer = fault?.answer !== undefined
      ? errorAnswer(errorForFault(fault.answer, path))
      : this.tokens.answer(request) ?? await answerRequest(this.#core, { request, path, watchFault: fault?.watch });
    if (fault?.lose !== "after") {
      const responseLength = typeof answer.body === "string" ? answer.body.length : 0;
      this.#observe(request, { status: answer.status, responseLength });
    }
    return answer;
  }

  #observe(request: ApiRequest, facts: { status: number; responseLength: number }): void {
    const { observe } = this.#options;
    if (observe === undefined) return;
    observe({ ...faultRequestOf(request, parsePath(request.path)), requestLength: request.body.length, ...facts });
  }
}

function newCore(options: EmbeddedApiOptions): Core {
  const { clock, random, admission, historyEvents = 1000, historyBytes = 64 * 1024 * 1024 } = options;
  return {
    store: new Store({ events: historyEvents, bytes: historyBytes }),
    registry: new Registry(builtinResources()),
    clock,
    random,
    admission,
    ownsAlways: options.fieldOwnership === "always",
    bookmarkIntervalMs: options.bookmarkIntervalMs ?? 60_000,
  };
}

/** Serves what CustomResourceDefinitions say, from the moment they are stored. */
function followDefinitions(registry: Registry, { resource, change }: StoreEvent): void {
  if (resource.kind !== "CustomResourceDefinition" || resource.custom) return;
  for (const version of [change.previous, change.current]) {
    if (version === undefined || crdErrors(version.object).length > 0) continue;
    const served: Resource = resourceOfCrd(version.object);
    if (version === change.current) registry.install(served);
    else registry.uninstall(served);
  }
}
