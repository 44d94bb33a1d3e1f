/** LIST: selectors, pages of one snapshot, resourceVersion rules. Source: apiserver, `storage/etcd3`. */
import type { Core } from "./core.ts";
import { fieldSelectorOf, parseFieldTerms } from "./field_selector.ts";
import { type Form, itemText, metadataOf, tableOf } from "./forms.ts";
import { at, isObject, type JsonObject, parseJson, stringOf } from "./json.ts";
import { type ApiObject, metaMap, metaString } from "./object.ts";
import type { Resource } from "./resource.ts";
import { parseLabelSelector } from "./selectors.ts";
import { checkListOptions, malformedRevision, readLimit, tryReadRevision } from "./list_options.ts";
import { badRequest, expired, tooLargeResourceVersion } from "./request_refusals.ts";
import { keyOf, keyText } from "./store.ts";
import type { StoredVersion } from "./version.ts";

/** Which objects a list or a watch is about. */
export interface Selection {
  readonly resource: Resource;
  readonly namespace: string | undefined;
  /** The only name it can fit, if it says one. */
  readonly name: string | undefined;
  readonly matches: (object: ApiObject) => boolean;
  /** Whether it asks for more than a namespace. */
  readonly hasSelector: boolean;
}

/** @throws {ApiError} 400 for selectors that do not parse, 422 for options that do not go together */
export function readSelection(
  query: Readonly<Record<string, string>>,
  { resource, namespace }: { resource: Resource; namespace: string },
): Selection {
  const { labelSelector = "", fieldSelector = "" } = query;
  const byLabels = parseLabelSelector(labelSelector);
  const terms = parseFieldTerms(fieldSelector);
  readLimit(query.limit);
  checkListOptions(query);
  const byFields = fieldSelectorOf(terms, resource);
  const inNamespace = namespace === "" ? undefined : namespace;
  return {
    resource,
    namespace: inNamespace,
    name: terms.find(({ field, isNegative }) => field === "metadata.name" && !isNegative)?.value,
    hasSelector: labelSelector.trim() !== "" || !byFields.isEmpty,
    matches: (object) =>
      (inNamespace === undefined || metaString(object, "namespace") === inNamespace) &&
      byLabels(metaMap(object, "labels")) && byFields.matches(object),
  };
}

/** One page. */
export interface Page {
  readonly versions: readonly StoredVersion[];
  readonly revision: number;
  readonly continueToken: string | undefined;
  readonly remaining: number | undefined;
}

/**
 * The page a query asks for.
 *
 * @throws {ApiError} 400, 410 or 504
 */
export function listPage(core: Core, query: Readonly<Record<string, string>>, selection: Selection): Page {
  const limit = readLimit(query.limit);
  const token = query.continue ? readToken(query.continue) : undefined;
  if (token !== undefined && query.resourceVersion && query.resourceVersion !== "0") {
    throw badRequest("specifying resource version is not allowed when using continue");
  }
  const revision = token === undefined
    ? revisionOf(core, { query, limit, selection })
    : revisionOfToken(core, { token, selection });
  const all = snapshot(core, { selection, revision });
  const rest = token === undefined ? all : all.filter(({ object }) => keyText(keyOf(object)) > token.start);
  return cut(rest, { limit, revision, selection });
}

function snapshot(
  core: Core,
  { selection, revision }: { selection: Selection; revision: number },
): readonly StoredVersion[] {
  const { resource, namespace } = selection;
  const collection = core.store.collection(resource);
  const prefix = namespace === undefined ? "" : `${namespace}/`;
  if (revision >= core.store.revision) return collection.list(prefix);
  if (revision < collection.floor) throw expired("The resourceVersion for the provided list is too old.");
  const versions = core.store.at(resource, revision);
  return versions.filter(({ object }) => namespace === undefined || metaString(object, "namespace") === namespace);
}

function cut(
  found: readonly StoredVersion[],
  { limit, revision, selection }: { limit: number; revision: number; selection: Selection },
): Page {
  const { hasSelector, name } = selection;
  const all = name === undefined ? found : found.filter(({ object }) => object.metadata.name === name);
  const matching = hasSelector ? all.filter(({ object }) => selection.matches(object)) : all;
  const last = matching[limit - 1];
  // As with the real server a page goes on when anything follows it, whether or not it fits the selector.
  if (limit === 0 || last === undefined || last === all.at(-1)) {
    return { versions: matching, revision, continueToken: undefined, remaining: undefined };
  }
  return {
    versions: matching.slice(0, limit),
    revision,
    continueToken: writeToken({ revision, start: keyText(keyOf(last.object)) }),
    remaining: hasSelector ? undefined : all.length - limit,
  };
}

interface FirstPage {
  readonly query: Readonly<Record<string, string>>;
  readonly limit: number;
  readonly selection: Selection;
}

/** A page of a resourceVersion shows just that one, but not where one name is selected. Source: k8s.io/apiserver, storage.ValidateListOptions(). */
function revisionOf(core: Core, { query, limit, selection }: FirstPage): number {
  const wanted = tryReadRevision(query.resourceVersion);
  const { revision } = core.store;
  if (wanted === "malformed") throw badRequest(malformedRevision(query.resourceVersion));
  if (wanted === 0) return revision;
  if (wanted > revision) throw tooLargeResourceVersion(wanted, revision);
  const isPage = limit > 0 && selection.name === undefined;
  const isExact = query.resourceVersionMatch === "Exact" || (query.resourceVersionMatch === undefined && isPage);
  return isExact ? wanted : revision;
}

interface Token {
  /** -1: whatever is current. */
  readonly revision: number;
  /** Key after which the page starts. */
  readonly start: string;
}

function writeToken({ revision, start }: Token): string {
  const json = JSON.stringify({ v: "meta.k8s.io/v1", rv: revision, start });
  return btoa(String.fromCharCode(...new TextEncoder().encode(json))).replaceAll("+", "-").replaceAll("/", "_");
}

function readToken(text: string): Token {
  try {
    const bytes = Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (char) => char.charCodeAt(0));
    const json = parseJson(new TextDecoder().decode(bytes));
    const revision = at(json, "rv");
    const start = stringOf(at(json, "start"));
    if (!isObject(json) || typeof revision !== "number" || start === undefined) throw new SyntaxError("not a token");
    return { revision, start };
  } catch {
    throw badRequest("continue key is not valid");
  }
}

function revisionOfToken(core: Core, { token, selection }: { token: Token; selection: Selection }): number {
  if (token.revision < 0) return core.store.revision;
  if (token.revision > core.store.revision) throw badRequest("continue key is not valid");
  if (token.revision >= core.store.collection(selection.resource).floor) return token.revision;
  throw expired(continueExpired, writeToken({ revision: -1, start: token.start }));
}

const continueExpired =
  "The provided continue parameter is too old to display a consistent list result. You can start " +
  "a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of " +
  "the results. Continuing with the provided token results in an inconsistent list - objects that were created, " +
  "modified, or deleted between the time the first chunk was returned and now may show up in the list.";

/** What the server says about a resourceVersion it has forgotten. */
export function tooOldMessage(revision: number, floor: number): string {
  return `too old resource version: ${revision} (${floor})`;
}

/** JSON text of a page. */
export function pageText(
  page: Page,
  { resource, form, nowMs }: { resource: Resource; form: Form; nowMs: number },
): string {
  const metadata: JsonObject = {
    resourceVersion: String(page.revision),
    ...(page.continueToken !== undefined ? { continue: page.continueToken } : resource.custom ? { continue: "" } : {}),
    ...(page.remaining === undefined ? {} : { remainingItemCount: page.remaining }),
  };
  if (form.kind === "table") {
    const objects = page.versions.map(({ object }) => object);
    return JSON.stringify(tableOf(objects, { resource, nowMs, include: form.include, headers: true, metadata }));
  }
  const isMetadata = form.kind === "metadata";
  const kind = isMetadata ? "PartialObjectMetadataList" : resource.listKind;
  const apiVersion = isMetadata ? "meta.k8s.io/v1" : resource.apiVersion;
  const head = JSON.stringify({ kind, apiVersion, metadata }).slice(0, -1);
  const items = page.versions.map((version) =>
    isMetadata ? version.textAs("metadata", metadataOf) : itemText(version, resource)
  );
  return `${head},"items":[${items.join(",")}]}`;
}
