import { bodyLengthOf, headEnd, HttpFormatError, type HttpHead, parseChunkSize, parseHead } from "../api/mod.ts";
import type { ByteBudget } from "./byte_budget.ts";
import { ByteQueue } from "./byte_queue.ts";
import { HttpError, type HttpRequest } from "./http.ts";

/** Bounds of one request, in bytes. */
export interface RequestBounds {
  /** Request line and headers. */
  readonly maxHeadBytes: number;
  /** Body without its chunk lines. */
  readonly maxBodyBytes: number;
  /** What large bodies are taken from, of all connections together. @default each connection has its own bound only */
  readonly largeBodies?: ByteBudget;
  /** Looks at a request before its body is read. @throws {HttpError} to refuse it */
  readonly admit?: (head: RequestHead) => void;
}

/** A request whose body is still to come. */
export type RequestHead = Pick<HttpRequest, "method" | "path" | "headers">;

interface OpenRequest {
  readonly line: RequestLine;
  readonly head: HttpHead;
  /** Bytes of the body still to come, or `"chunked"`. */
  readonly length: number | "chunked";
  readonly chunks: ByteQueue;
}

interface RequestLine {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly version: string;
}

const MAX_CHUNK_LINE_BYTES = 1024;

/** A body up to this length, in bytes, is not large: what plugins send has one or two KB. */
const SMALL_BODY_BYTES = 16 * 1024;

/**
 * Turns the bytes of a connection into requests (RFC 9112), one after the other. Written here because
 * `http-parser-js` does not end on a chunk of negative size, and `Deno.serve` hides the body of a GET.
 */
export class RequestReader {
  readonly #bounds: RequestBounds;
  readonly #bytes = new ByteQueue();
  #scanned = 0;
  #open: OpenRequest | undefined;
  /** Bytes taken from {@linkcode RequestBounds.largeBodies}. */
  #large = 0;

  constructor(bounds: RequestBounds) {
    this.#bounds = bounds;
  }

  /** What has come of the next request. */
  get progress(): "nothing" | "head" | "body" {
    if (this.#open !== undefined) return "body";
    return this.#bytes.length > 0 ? "head" : "nothing";
  }

  /** Adds bytes that were received. */
  push(bytes: Uint8Array): void {
    this.#bytes.append(bytes);
  }

  /**
   * Takes the next request.
   *
   * @returns `undefined` when it has not come whole
   * @throws {HttpError} when it never will; the connection is then of no more use
   */
  take(): HttpRequest | undefined {
    try {
      this.#open ??= this.#takeHead();
      const body = this.#open === undefined ? undefined : this.#takeBody(this.#open);
      return this.#open === undefined || body === undefined ? undefined : this.#finish(this.#open, body);
    } catch (err) {
      if (err instanceof HttpFormatError) throw new HttpError(400, err.message);
      throw err;
    }
  }

  /** Says that the body of the last request is of no more use. */
  release(): void {
    this.#bounds.largeBodies?.give(this.#large);
    this.#large = 0;
  }

  #takeHead(): OpenRequest | undefined {
    const { maxHeadBytes } = this.#bounds;
    const end = headEnd(this.#bytes.view(), this.#scanned);
    if (end > maxHeadBytes || (end === -1 && this.#bytes.length > maxHeadBytes)) {
      throw new HttpError(431, `Cannot read request: its headers are longer than ${maxHeadBytes} bytes`);
    }
    this.#scanned = end === -1 ? this.#bytes.length : 0;
    if (end === -1) return undefined;
    const head = parseHead(this.#bytes.take(end));
    const length = bodyLengthOf(head.headers) ?? 0;
    const line = parseRequestLine(head.startLine);
    this.#bounds.admit?.({ method: line.method, path: line.path, headers: head.headers });
    if (length !== "chunked") this.#requireBodyFits(length);
    return { line, head, length, chunks: new ByteQueue() };
  }

  #takeBody({ length, chunks }: OpenRequest): Uint8Array | undefined {
    if (length !== "chunked") return this.#bytes.length < length ? undefined : this.#bytes.take(length);
    for (;;) {
      const line = this.#peekLine();
      if (line === undefined) return undefined;
      const size = parseChunkSize(line.text);
      this.#requireBodyFits(chunks.length + size);
      if (size === 0) return this.#takeTrailers(line.bytes) ? chunks.view() : undefined;
      if (this.#bytes.length < line.bytes + size + 2) return undefined;
      this.#bytes.take(line.bytes);
      chunks.append(this.#bytes.take(size));
      if (this.#takeText(2) !== "\r\n") throw new HttpError(400, "Cannot read body: a chunk is longer than its size");
    }
  }

  /** Drops the last chunk's line and the trailers up to the empty line; nothing is taken while that has not come. */
  #takeTrailers(lastChunkBytes: number): boolean {
    const rest = this.#bytes.view().subarray(lastChunkBytes - 2); // with the CRLF of the last chunk's line
    const end = headEnd(rest);
    if (end > this.#bounds.maxHeadBytes || (end === -1 && rest.length > this.#bounds.maxHeadBytes)) {
      throw new HttpError(431, `Cannot read request: its trailers are longer than ${this.#bounds.maxHeadBytes} bytes`);
    }
    if (end !== -1) this.#bytes.take(lastChunkBytes - 2 + end);
    return end !== -1;
  }

  #peekLine(): { text: string; bytes: number } | undefined {
    const view = this.#bytes.view().subarray(0, MAX_CHUNK_LINE_BYTES);
    const end = view.indexOf(10);
    if (end === -1 && view.length < MAX_CHUNK_LINE_BYTES) return undefined;
    if (end < 1 || view[end - 1] !== 13) throw new HttpError(400, "Cannot read body: a chunk size has no end");
    return { text: new TextDecoder("latin1").decode(view.subarray(0, end - 1)), bytes: end + 1 };
  }

  #takeText(count: number): string {
    return new TextDecoder("latin1").decode(this.#bytes.take(count));
  }

  #requireBodyFits(bytes: number): void {
    const { maxBodyBytes } = this.#bounds;
    if (bytes > maxBodyBytes) {
      throw new HttpError(413, `Cannot read request: its body is longer than ${maxBodyBytes} bytes`);
    }
    this.#takeLarge(bytes);
  }

  #takeLarge(bytes: number): void {
    const { largeBodies } = this.#bounds;
    if (largeBodies === undefined || bytes <= Math.max(SMALL_BODY_BYTES, this.#large)) return;
    if (!largeBodies.tryTake(bytes - this.#large)) {
      throw new HttpError(503, "Cannot read request: other requests with large bodies take all the memory; try again");
    }
    this.#large = bytes;
  }

  #finish({ line, head }: OpenRequest, body: Uint8Array): HttpRequest {
    this.#open = undefined;
    const connection = (head.headers.get("connection") ?? "").toLowerCase();
    const keepAlive = line.version === "1.1" && !connection.split(/[ \t]*,[ \t]*/).includes("close");
    return { method: line.method, path: line.path, query: line.query, headers: head.headers, body, keepAlive };
  }
}

function parseRequestLine(line: string): RequestLine {
  const match = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+) ([\x21-\x7e]+) HTTP\/(\d\.\d)$/.exec(line);
  const [, method, target, version] = match ?? [];
  if (method === undefined || target === undefined || version === undefined) {
    throw new HttpError(400, `Cannot read request: ${JSON.stringify(line.slice(0, 80))} is no request line`);
  }
  if (version !== "1.1" && version !== "1.0") {
    throw new HttpError(505, `Cannot read request: HTTP/${version} is not spoken`);
  }
  const origin = target.startsWith("/") ? target : target.replace(/^https?:\/\/[^/?]*/i, ""); // absolute form
  const mark = origin.indexOf("?");
  return {
    method,
    path: mark === -1 ? origin : origin.slice(0, mark),
    query: new URLSearchParams(mark === -1 ? "" : origin.slice(mark)),
    version,
  };
}
