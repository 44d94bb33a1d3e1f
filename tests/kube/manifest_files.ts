/** The files of `manifests/`, parsed. */
import { parseAllDocuments } from "yaml";
import { arrayOr, at, isObject, type Json, type JsonObject, objectOr, stringOf } from "../apiserver/json.ts";

const folder = new URL("../../manifests/", import.meta.url);

/** Path of `manifests/` or of a folder in it. */
export function manifestsPath(name = ""): string {
  return decodeURIComponent(new URL(name, folder).pathname);
}

/** Files that `kubectl apply -f` takes from a folder, in its order. */
export function manifestFiles(name = ""): string[] {
  const path = manifestsPath(name);
  const files = [...Deno.readDirSync(path)].filter(({ isFile, name }) => isFile && /\.(ya?ml|json)$/.test(name));
  return files.map(({ name }) => `${path}${name}`).sort();
}

/** Objects of a folder, in the order in which `kubectl apply -f` sends them. */
export function readManifests(name = ""): JsonObject[] {
  return manifestFiles(name).flatMap((file) =>
    parseAllDocuments(Deno.readTextFileSync(file)).map((document) => {
      const object: Json = document.toJS();
      if (document.errors.length > 0 || !isObject(object)) throw new SyntaxError(`Cannot read ${file}: no objects`);
      return object;
    })
  );
}

/** The object of that Kind and name. */
export function manifestOf(kind: string, name: string, from = readManifests()): JsonObject {
  const found = from.find((object) => object.kind === kind && at(object, "metadata", "name") === name);
  if (found === undefined) throw new Error(`Cannot find ${kind} "${name}" in manifests/`);
  return found;
}

/** The containers of a Pod template, init containers first. */
export function containersOf(workload: JsonObject): JsonObject[] {
  const spec = objectOr(at(workload, "spec", "template", "spec"));
  return [...arrayOr(spec.initContainers), ...arrayOr(spec.containers)].map(objectOr);
}

/** Strings of a list. */
export function textsOf(json: Json | undefined): string[] {
  return arrayOr(json).flatMap((item) => stringOf(item) ?? []);
}
