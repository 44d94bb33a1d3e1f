import { concatBytes } from "./bytes.ts";
import { bodyLengthOf, headEnd, HttpFormatError, parseChunkSize, parseHead } from "./http_head.ts";

/** An HTTP/1.1 answer. */
export interface HttpAnswer {
  readonly status: number;
  readonly body: Uint8Array;
}

const MAX_HEAD_BYTES = 16 * 1024;
const MAX_CHUNK_LINE_BYTES = 1024;

/**
 * Reads one answer from all bytes that came so far (RFC 9112). Bytes after the answer are ignored.
 *
 * @param ended whether the other side has closed: an answer without a length ends there
 * @returns `undefined` when more bytes are needed
 * @throws {HttpFormatError} when the bytes are no HTTP/1.1 answer, or end too early
 */
export function tryParseAnswer(bytes: Uint8Array, { ended }: { ended: boolean }): HttpAnswer | undefined {
  for (let at = 0;;) {
    const answer = answerAt(bytes.subarray(at), ended);
    if (typeof answer !== "number") return answer;
    at += answer; // 100 Continue and its like
  }
}

/** The answer that `bytes` begin with, or how many of them an interim one before it takes. */
function answerAt(bytes: Uint8Array, ended: boolean): HttpAnswer | number | undefined {
  const end = headEnd(bytes);
  if (end > MAX_HEAD_BYTES || (end === -1 && bytes.length > MAX_HEAD_BYTES)) {
    throw new HttpFormatError(`Cannot read answer: its headers are longer than ${MAX_HEAD_BYTES} bytes`);
  }
  if (end === -1) return unfinished(ended);
  const { startLine, headers } = parseHead(bytes.subarray(0, end));
  const status = statusOf(startLine);
  const rest = bytes.subarray(end);
  if (status < 200) return end;
  const body = bodyOf(rest, { length: status === 204 || status === 304 ? 0 : bodyLengthOf(headers), ended });
  return body === undefined ? unfinished(ended) : { status, body };
}

function unfinished(ended: boolean): undefined {
  if (ended) throw new HttpFormatError("Cannot read answer: the connection was closed before its end");
}

function statusOf(line: string): number {
  const match = /^HTTP\/1\.[01] ([1-5]\d\d)(?: |$)/.exec(line);
  if (match === null) {
    throw new HttpFormatError(`Cannot read answer: ${JSON.stringify(line.slice(0, 80))} is no status line`);
  }
  return Number(match[1]);
}

interface BodyFacts {
  readonly length: number | "chunked" | undefined;
  readonly ended: boolean;
}

function bodyOf(bytes: Uint8Array, { length, ended }: BodyFacts): Uint8Array | undefined {
  if (length === "chunked") return unchunk(bytes);
  if (length === undefined) return ended ? bytes : undefined;
  return bytes.length < length ? undefined : bytes.subarray(0, length);
}

/** Joins the chunks, or gives `undefined` when the last one has not come yet. Trailers are not read. */
function unchunk(bytes: Uint8Array): Uint8Array | undefined {
  const parts: Uint8Array[] = [];
  for (let at = 0;;) {
    const lineEnd = bytes.indexOf(10, at);
    if (lineEnd === -1 && bytes.length - at < MAX_CHUNK_LINE_BYTES) return undefined;
    const line = bytes.subarray(at, lineEnd === -1 ? at + MAX_CHUNK_LINE_BYTES : lineEnd);
    const size = parseChunkSize(new TextDecoder("latin1").decode(line).replace(/\r$/, ""));
    if (size === 0) return concatBytes(parts);
    const start = lineEnd + 1;
    if (bytes.length < start + size + 2) return undefined;
    parts.push(bytes.subarray(start, start + size));
    at = start + size + 2;
  }
}
