/** What the server adds to and checks in built-in Kinds, as far as Spiderpool meets it. */
import { crdErrors, establishedCrd } from "./crd.ts";
import { type FieldError, forbidden, invalid, required } from "./field_error.ts";
import { arrayOr, at, cloneJson, equalJson, isObject, type Json, type JsonObject, objectOr, stringOf } from "./json.ts";
import { type ApiObject, metaMap, metaString, withField, withMeta } from "./object.ts";
import type { Resource } from "./resource.ts";
import { workloadErrors } from "./workload_errors.ts";

type Complete = (object: ApiObject) => ApiObject;

const defaultsByKind: Readonly<Record<string, Complete>> = {
  Pod: withPodDefaults,
  ConfigMap: (object) => withoutEmpty(object, ["data", "binaryData"]),
  Lease: (object) => object.spec === undefined ? { ...object, spec: {} } : object,
  Secret: (object) => withoutEmpty(withSecretData(object), ["data"]),
  Deployment: withReplicas,
  ReplicaSet: withReplicas,
  StatefulSet: withReplicas,
  Service: withServiceDefaults,
};

const firstStatusByKind: Readonly<Record<string, JsonObject>> = {
  Namespace: { phase: "Active" },
  Pod: { phase: "Pending", qosClass: "BestEffort" },
  Service: { loadBalancer: {} },
};

interface PrepareContext {
  readonly resource: Resource;
  readonly timestamp: string;
}

/** Defaults and first status of a new object of a built-in Kind. */
export function prepareBuiltin(object: ApiObject, { resource, timestamp }: PrepareContext): ApiObject {
  if (resource.custom) return object;
  if (resource.kind === "CustomResourceDefinition") return establishedCrd(object, timestamp);
  const status = firstStatusByKind[resource.kind];
  const complete = withDefaults(resource.kind === "Namespace" ? withNamespaceFields(object) : object, resource);
  return status === undefined ? complete : { ...complete, status: cloneJson(status) };
}

/** Defaults of a changed object of a built-in Kind, and what an update cannot change. */
export function refreshBuiltin(
  object: ApiObject,
  { resource, timestamp, old }: PrepareContext & { old: ApiObject },
): ApiObject {
  if (resource.custom) return object;
  if (resource.kind === "CustomResourceDefinition") return refreshedCrd(object, timestamp);
  return resource.kind === "Namespace" ? withField(object, "spec", old.spec) : withDefaults(object, resource);
}

/** What an update of status cannot change: the quality of service of a Pod. */
export function refreshBuiltinStatus(
  object: ApiObject,
  { resource, old }: Pick<PrepareContext, "resource"> & { old: ApiObject },
): ApiObject {
  const qosClass = at(objectOr(old.status), "qosClass");
  if (resource.kind !== "Pod" || qosClass === undefined || at(objectOr(object.status), "qosClass") !== undefined) {
    return object;
  }
  return withField(object, "status", { ...objectOr(object.status), qosClass });
}

function withDefaults(object: ApiObject, { kind }: Resource): ApiObject {
  return defaultsByKind[kind]?.(object) ?? object;
}

function refreshedCrd(object: ApiObject, timestamp: string): ApiObject {
  const since = stringOf(at(arrayOr(at(object as unknown as Json, "status", "conditions"))[0], "lastTransitionTime"));
  return establishedCrd(object, since ?? timestamp);
}

function withNamespaceFields(object: ApiObject): ApiObject {
  const labels = { ...metaMap(object, "labels"), "kubernetes.io/metadata.name": object.metadata.name };
  return { ...withMeta(object, { labels }), spec: { finalizers: ["kubernetes"] } };
}

const podDefaults: JsonObject = {
  restartPolicy: "Always",
  terminationGracePeriodSeconds: 30,
  dnsPolicy: "ClusterFirst",
  securityContext: {},
  schedulerName: "default-scheduler",
  enableServiceLinks: true,
};

const containerDefaults: JsonObject = {
  resources: {},
  terminationMessagePath: "/dev/termination-log",
  terminationMessagePolicy: "File",
};

/** Source: kubernetes, `SetDefaults_Container`: an image without a tag is pulled always. */
function pullPolicyOf(image: string): string {
  const name = image.slice(image.lastIndexOf("/") + 1);
  const latest = !/[:@]/.test(name) || name.endsWith(":latest");
  return latest ? "Always" : "IfNotPresent";
}

function withContainerDefaults(container: JsonObject): JsonObject {
  const imagePullPolicy = pullPolicyOf(stringOf(container.image) ?? "");
  return { ...cloneJson(containerDefaults), imagePullPolicy, ...container };
}

function withPodDefaults(object: ApiObject): ApiObject {
  const spec: JsonObject = { ...cloneJson(podDefaults), ...objectOr(object.spec) };
  for (const key of ["containers", "initContainers"]) {
    const list = spec[key];
    if (Array.isArray(list)) spec[key] = list.map((item) => withContainerDefaults(objectOr(item)));
  }
  return { ...object, spec };
}

function withSecretData(object: ApiObject): ApiObject {
  const { stringData } = object;
  const typed = object.type === undefined ? withField(object, "type", "Opaque") : object;
  if (!isObject(stringData)) return typed;
  const encoded = Object.entries(stringData).map(([key, value]) => [key, base64(String(value))]);
  const data = { ...objectOr(object.data), ...Object.fromEntries(encoded) };
  return withField({ ...typed, data }, "stringData", undefined);
}

function base64(text: string): string {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}

/** Maps that the real server leaves out when they are empty. */
function withoutEmpty(object: ApiObject, keys: readonly string[]): ApiObject {
  return keys.reduce((kept, key) => {
    const value = kept[key];
    return isObject(value) && Object.keys(value).length === 0 ? withField(kept, key, undefined) : kept;
  }, object);
}

function withReplicas(object: ApiObject): ApiObject {
  const spec = objectOr(object.spec);
  return spec.replicas === undefined ? { ...object, spec: { ...spec, replicas: 1 } } : object;
}

function withServiceDefaults(object: ApiObject): ApiObject {
  return { ...object, spec: { type: "ClusterIP", sessionAffinity: "None", ...objectOr(object.spec) } };
}

const requiredFields: Readonly<Record<string, readonly string[]>> = {
  Pod: ["spec.containers"],
  Job: ["spec.template"],
  CronJob: ["spec.schedule"],
};

/** What is wrong with an object of a built-in Kind; `old` is what it replaces. */
export function builtinErrors(object: ApiObject, { resource, old }: ErrorContext): FieldError[] {
  if (resource.custom) return [];
  const missing = (requiredFields[resource.kind] ?? []).filter((path) =>
    isMissing(at(object as unknown as Json, ...path.split(".")))
  );
  return [...missing.map((path) => required(path)), ...kindErrors(object, { resource, old })];
}

interface ErrorContext {
  readonly resource: Resource;
  readonly old: ApiObject | undefined;
}

function isMissing(value: Json | undefined): boolean {
  return value === undefined || (Array.isArray(value) && value.length === 0);
}

function kindErrors(object: ApiObject, { resource, old }: ErrorContext): FieldError[] {
  switch (resource.kind) {
    case "Pod":
      return old === undefined ? [] : podUpdateErrors(object, old);
    case "Event":
      return eventErrors(object);
    case "ConfigMap":
      return configMapErrors(object);
    case "Lease":
      return leaseErrors(object);
    case "CustomResourceDefinition":
      return crdErrors(object);
    default:
      return workloadErrors(object);
  }
}

function podUpdateErrors(object: ApiObject, old: ApiObject): FieldError[] {
  for (const key of ["containers", "initContainers"]) {
    const [next, before] = [object, old].map(({ spec }) => arrayOr(objectOr(spec)[key]).length);
    if (next !== before) return [forbidden(`spec.${key}`, "pod updates may not add or remove containers")];
  }
  if (equalJson(fixedPodSpec(object), fixedPodSpec(old)) && isGraceAllowed(object, old)) return [];
  return [
    forbidden(
      "spec",
      "pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`," +
        "`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations)," +
        "`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)",
    ),
  ];
}

/** A grace period may only become one second, and only from less than none. */
function isGraceAllowed(object: ApiObject, old: ApiObject): boolean {
  const [next, before] = [object, old].map(({ spec }) => at(objectOr(spec), "terminationGracePeriodSeconds"));
  return equalJson(next, before) || (next === 1 && typeof before === "number" && before < 0);
}

function fixedPodSpec(object: ApiObject): JsonObject {
  const spec: JsonObject = { ...objectOr(object.spec) };
  for (const key of ["activeDeadlineSeconds", "tolerations", "terminationGracePeriodSeconds"]) delete spec[key];
  for (const key of ["containers", "initContainers"]) {
    if (spec[key] !== undefined) spec[key] = arrayOr(spec[key]).map((item) => ({ ...objectOr(item), image: "" }));
  }
  return spec;
}

function configMapErrors(object: ApiObject): FieldError[] {
  return ["data", "binaryData"].flatMap((field) =>
    Object.keys(objectOr(object[field])).filter((key) => !/^[-._a-zA-Z0-9]{1,253}$/.test(key)).map((key) =>
      invalid(`${field}[${key}]`, key, "a valid config key must consist of alphanumeric characters, '-', '_' or '.'")
    )
  );
}

function leaseErrors(object: ApiObject): FieldError[] {
  const { leaseDurationSeconds, leaseTransitions } = objectOr(object.spec);
  const errors: FieldError[] = [];
  if (typeof leaseDurationSeconds === "number" && leaseDurationSeconds <= 0) {
    errors.push(invalid("spec.leaseDurationSeconds", leaseDurationSeconds, "must be greater than 0"));
  }
  if (typeof leaseTransitions === "number" && leaseTransitions < 0) {
    errors.push(invalid("spec.leaseTransitions", leaseTransitions, "must be greater than or equal to 0"));
  }
  return errors;
}

function eventErrors(object: ApiObject): FieldError[] {
  const involved = stringOf(at(object as unknown as Json, "involvedObject", "namespace")) ?? "";
  const namespace = metaString(object, "namespace") ?? "";
  const fits = involved === "" ? namespace === "default" || namespace === "kube-system" : involved === namespace;
  return fits ? [] : [invalid("involvedObject.namespace", involved, "does not match event.namespace")];
}
