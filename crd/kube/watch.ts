/** A watch as a pipeline of small steps: bytes → lines → JSON → checked events. */
import type { WatchEvent } from "./contract.ts";
import { type Decode, isRecord } from "./decode.ts";
import { KubeConnectionError, KubeResponseError } from "./errors.ts";
import { apiErrorOfEvent } from "./status.ts";

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/** Options of {@linkcode linesOf}. */
export interface LinesOptions {
  /** For errors: `WATCH /api/v1/pods`. */
  readonly request: string;
  /** Longest line in bytes, line end not counted. */
  readonly maxBytes: number;
}

/**
 * Lines of a stream of bytes, without their ends (LF or CRLF); empty ones are left out.
 *
 * @throws {KubeResponseError} if a line is too long or not UTF-8
 * @throws {KubeConnectionError} if the stream ends within a line: the connection was cut
 */
export async function* linesOf(
  chunks: AsyncIterable<Uint8Array>,
  { request, maxBytes }: LinesOptions,
): AsyncGenerator<string, void, undefined> {
  const rest = new ByteBuffer(maxBytes, request);
  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf(LINE_FEED); end >= 0; end = chunk.indexOf(LINE_FEED, start)) {
      rest.append(chunk.subarray(start, end));
      start = end + 1;
      const line = rest.takeLine();
      if (line !== "") yield line;
    }
    rest.append(chunk.subarray(start));
  }
  if (rest.length > 0) {
    throw new KubeConnectionError(request, { cause: new Error("the stream ended within an event") });
  }
}

/** Options of {@linkcode eventsOf}. */
export interface EventsOptions<T> {
  /** For errors: `WATCH /api/v1/pods`. */
  readonly request: string;
  /** Checks an object. */
  readonly decode: Decode<T>;
}

/**
 * Events from the lines of a watch.
 *
 * @throws {KubeApiError} what an ERROR event says
 * @throws {KubeResponseError} if a line is no event
 */
export async function* eventsOf<T>(
  lines: AsyncIterable<string>,
  options: EventsOptions<T>,
): AsyncGenerator<WatchEvent<T>, void, undefined> {
  for await (const line of lines) yield parseEvent(line, options);
}

function parseEvent<T>(line: string, { request, decode }: EventsOptions<T>): WatchEvent<T> {
  const json = parseJson(line, request);
  if (!isRecord(json)) throw new KubeResponseError(request, "a line is no watch event");
  const { type, object } = json;
  if (type === "ERROR") throw apiErrorOfEvent(object, request);
  try {
    if (type === "BOOKMARK") return { type, resourceVersion: versionOf(object) };
    if (type === "ADDED" || type === "MODIFIED" || type === "DELETED") return { type, object: decode(object) };
  } catch (cause) {
    const problem = cause instanceof Error ? cause.message : String(cause);
    throw new KubeResponseError(request, `the object of a ${type} event: ${problem}`, { cause });
  }
  throw new KubeResponseError(request, `${JSON.stringify(type)} is no type of a watch event`);
}

function parseJson(line: string, request: string): unknown {
  try {
    return JSON.parse(line);
  } catch (cause) {
    throw new KubeResponseError(request, "a line is not JSON", { cause });
  }
}

function versionOf(object: unknown): string {
  const metadata = isRecord(object) ? object.metadata : undefined;
  const version = isRecord(metadata) ? metadata.resourceVersion : undefined;
  if (typeof version !== "string" || version === "") throw new TypeError("it has no metadata.resourceVersion");
  return version;
}

/** Bytes of a line that has not ended; decoded only when whole, so that no character is cut. */
class ByteBuffer {
  readonly #decoder = new TextDecoder("utf-8", { fatal: true });
  #parts: Uint8Array[] = [];
  #length = 0;

  constructor(readonly maxBytes: number, readonly request: string) {}

  get length(): number {
    return this.#length;
  }

  append(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.#length += bytes.length;
    // One more for a carriage return.
    if (this.#length > this.maxBytes + 1) {
      throw new KubeResponseError(this.request, `a line is longer than ${this.maxBytes} bytes`);
    }
    this.#parts.push(bytes);
  }

  takeLine(): string {
    const bytes = this.#parts.length === 1 && this.#parts[0] !== undefined ? this.#parts[0] : this.#joined();
    this.#parts = [];
    this.#length = 0;
    const end = bytes.at(-1) === CARRIAGE_RETURN ? bytes.length - 1 : bytes.length;
    if (end > this.maxBytes) throw new KubeResponseError(this.request, `a line is longer than ${this.maxBytes} bytes`);
    try {
      return this.#decoder.decode(bytes.subarray(0, end));
    } catch (cause) {
      throw new KubeResponseError(this.request, "a line is not UTF-8", { cause });
    }
  }

  #joined(): Uint8Array {
    const bytes = new Uint8Array(this.#length);
    let offset = 0;
    for (const part of this.#parts) {
      bytes.set(part, offset);
      offset += part.length;
    }
    return bytes;
  }
}
