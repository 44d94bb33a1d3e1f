/** What the server adds to objects of built-in Kinds, as far as Spiderpool meets it. */
import { cloneJson, isObject, type JsonObject, objectOr, stringOf } from "./json.ts";
import { type ApiObject, withField } from "./object.ts";

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

/** Defaults of an object of a built-in Kind. */
export function withDefaults(object: ApiObject, kind: string): ApiObject {
  return defaultsByKind[kind]?.(object) ?? object;
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
