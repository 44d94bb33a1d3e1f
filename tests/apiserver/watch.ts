/** WATCH: a stream of JSON lines. Source: apiserver, `storage/cacher` and `endpoints/handlers/watch.go`. */
import type { Core } from "./core.ts";
import type { WatchFault } from "./faults.ts";
import { type Form, metadataOf, textIn } from "./forms.ts";
import { encodeText, type JsonObject } from "./json.ts";
import { type Selection, tooOldMessage } from "./list.ts";
import { malformedRevision, tryReadRevision } from "./list_options.ts";
import { expired, untyped } from "./request_refusals.ts";
import type { Change, StoredVersion } from "./version.ts";
import { WatchStream } from "./watch_stream.ts";

/** Shortest life of a watch that does not say, in seconds; up to twice as long. Source: `--min-request-timeout`. */
const minTimeoutSeconds = 1800;

/** How to watch. */
export interface WatchOptions {
  readonly selection: Selection;
  readonly form: Form;
  readonly query: Readonly<Record<string, string>>;
  readonly fault: WatchFault | undefined;
  readonly signal: AbortSignal | undefined;
}

/**
 * Opens a watch.
 *
 * @throws {ApiError} 500 for a malformed version; one that is too old is an ERROR event
 */
export function openWatch(core: Core, options: WatchOptions): ReadableStream<Uint8Array<ArrayBuffer>> {
  const { selection, query } = options;
  const from = tryReadRevision(query.resourceVersion);
  if (from === "malformed") throw untyped(malformedRevision(query.resourceVersion));
  const wantsInitial = query.sendInitialEvents === undefined ? undefined : isTrue(query.sendInitialEvents);
  const lines = new WatchLines(core, options);
  const stream = new WatchStream({ clock: core.clock, fault: options.fault, signal: options.signal });
  const collection = core.store.collection(selection.resource);
  if (from > 0 && from < collection.floor && wantsInitial !== true) {
    return stream.endWith(lines.error(expired(tooOldMessage(from, collection.floor)).status));
  }
  stream.push(startLines(core, { from, wantsInitial, lines, options }));
  stream.onClose(collection.subscribe((change) => stream.push(lines.ofChange(change))));
  if (isTrue(query.allowWatchBookmarks)) {
    stream.every(core.bookmarkIntervalMs, () => [lines.bookmark(core.store.revision)]);
  }
  stream.endAfter(timeoutMs(core, query.timeoutSeconds));
  return stream.readable;
}

function startLines(
  core: Core,
  { from, wantsInitial, lines, options }: {
    /** 0: from now on, with what is there. */
    from: number;
    wantsInitial: boolean | undefined;
    lines: WatchLines;
    options: WatchOptions;
  },
): Uint8Array<ArrayBuffer>[] {
  const { selection } = options;
  const collection = core.store.collection(selection.resource);
  const fromNow = from === 0;
  if (!(wantsInitial ?? fromNow)) {
    return fromNow ? [] : collection.since(from).flatMap((change) => lines.ofChange(change));
  }
  const prefix = selection.namespace === undefined ? "" : `${selection.namespace}/`;
  const current = collection.list(prefix).filter(({ object }) => selection.matches(object));
  const initial = current.map((version) => lines.added(version));
  return wantsInitial ? [...initial, lines.bookmark(core.store.revision, true)] : initial;
}

function isTrue(text: string | undefined): boolean {
  return text === "true" || text === "1";
}

function timeoutMs(core: Core, text: string | undefined): number {
  const seconds = text === undefined ? 0 : Number(text);
  const chosen = Number.isInteger(seconds) && seconds > 0 ? seconds : minTimeoutSeconds * (1 + core.random());
  return chosen * 1000;
}

type EventType = "ADDED" | "MODIFIED" | "DELETED";

/** Makes the lines of one watch; lines of the same form are shared between watches. */
class WatchLines {
  #headersSent = false;

  constructor(readonly core: Core, readonly options: WatchOptions) {}

  /** The line of a change, none if it is not about the selection. */
  ofChange(change: Change): Uint8Array<ArrayBuffer>[] {
    const { matches } = this.options.selection;
    const was = change.previous !== undefined && matches(change.previous.object);
    const is = change.current !== undefined && matches(change.current.object);
    if (is) return [this.#line(was ? "MODIFIED" : "ADDED", change.current, change)];
    return was && change.departed !== undefined ? [this.#line("DELETED", change.departed, change)] : [];
  }

  /** The line of an object that is there already. */
  added(version: StoredVersion): Uint8Array<ArrayBuffer> {
    return this.#line("ADDED", version, undefined);
  }

  #line(type: EventType, version: StoredVersion | undefined, change: Change | undefined): Uint8Array<ArrayBuffer> {
    const { form, selection } = this.options;
    const headers = !this.#headersSent;
    this.#headersSent = true;
    const make = () => {
      const nowMs = this.core.clock.now();
      const text = version === undefined
        ? "{}"
        : textIn(form, version, { resource: selection.resource, nowMs, headers });
      return `{"type":"${type}","object":${text}}\n`;
    };
    if (change === undefined) return encodeText(make());
    return change.line(`${type} ${form.kind} ${form.kind === "table" ? `${form.include} ${headers}` : ""}`, make);
  }

  bookmark(revision: number, endsInitial = false): Uint8Array<ArrayBuffer> {
    const { selection: { resource }, form } = this.options;
    const annotations = endsInitial ? { annotations: { "k8s.io/initial-events-end": "true" } } : {};
    const metadata: JsonObject = { resourceVersion: String(revision), ...annotations };
    const object: JsonObject = { kind: resource.kind, apiVersion: resource.apiVersion, metadata };
    const shown = form.kind === "object" ? object : form.kind === "metadata" ? metadataOf(object as never) : {
      kind: "Table",
      apiVersion: "meta.k8s.io/v1",
      metadata,
      columnDefinitions: [],
      rows: [],
    };
    return encodeText(`${JSON.stringify({ type: "BOOKMARK", object: shown })}\n`);
  }

  error(status: JsonObject): Uint8Array<ArrayBuffer> {
    return encodeText(`${JSON.stringify({ type: "ERROR", object: status })}\n`);
  }
}
