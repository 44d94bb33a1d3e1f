/** The other side does not speak HTTP/1.1, or says more than it may. */
export class HttpFormatError extends Error {
  override readonly name = "HttpFormatError";
}

/** First line and header fields of an HTTP/1.1 message. */
export interface HttpHead {
  readonly startLine: string;
  /** By lower-case name; a field that came twice has both values, joined by a comma. */
  readonly headers: ReadonlyMap<string, string>;
}

const CR = 13;
const LF = 10;
/** Fields that may come only once: two of them are how requests are smuggled (RFC 9112 §6.3). */
const singleFields = ["content-length", "host", "transfer-encoding"];

const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
// deno-lint-ignore no-control-regex -- control characters are what is looked for
const controls = /[\x00-\x08\x0a-\x1f\x7f]/;
const latin1 = new TextDecoder("latin1");

/**
 * Finds the empty line that ends the headers.
 *
 * @param from where to look; bytes before it are known to hold no end
 * @returns the offset after that line, or -1
 */
export function headEnd(bytes: Uint8Array, from = 0): number {
  for (let at = bytes.indexOf(LF, from); at !== -1; at = bytes.indexOf(LF, at + 1)) {
    if (at >= 3 && bytes[at - 1] === CR && bytes[at - 2] === LF && bytes[at - 3] === CR) return at + 1;
  }
  return -1;
}

/**
 * Reads the bytes up to and with the empty line (RFC 9112 §2.1). Folded lines and control characters are refused.
 *
 * @throws {HttpFormatError}
 */
export function parseHead(bytes: Uint8Array): HttpHead {
  const lines = latin1.decode(bytes.subarray(0, -4)).split("\r\n");
  const headers = new Map<string, string>();
  for (let i = 1; i < lines.length; i++) addField(headers, lines[i]!);
  return { startLine: lines[0] ?? "", headers };
}

/**
 * Length of the body as the headers say it (RFC 9112 §6).
 *
 * @returns bytes, `"chunked"`, or `undefined` when they say nothing
 * @throws {HttpFormatError} for another coding, two lengths, or a length that is no number
 */
export function bodyLengthOf(headers: ReadonlyMap<string, string>): number | "chunked" | undefined {
  const coding = headers.get("transfer-encoding");
  const length = headers.get("content-length");
  if (coding !== undefined) {
    if (coding.toLowerCase() !== "chunked") throw new HttpFormatError(`Cannot read body: unknown coding "${coding}"`);
    if (length !== undefined) throw new HttpFormatError("Cannot read body: both a length and a coding are given");
    return "chunked";
  }
  if (length === undefined) return undefined;
  if (!/^\d{1,15}$/.test(length)) throw new HttpFormatError(`Cannot read body: "${length}" is no length`);
  return Number(length);
}

/**
 * Size that a chunk's first line says (RFC 9112 §7.1); extensions are dropped.
 *
 * @param line without the CRLF
 * @throws {HttpFormatError}
 */
export function parseChunkSize(line: string): number {
  const match = /^([0-9a-fA-F]{1,8})[ \t]*(?:;.*)?$/.exec(line);
  if (match?.[1] === undefined) {
    throw new HttpFormatError(`Cannot read body: ${JSON.stringify(line.slice(0, 80))} is no chunk size`);
  }
  return parseInt(match[1], 16);
}

function addField(headers: Map<string, string>, line: string): void {
  const colon = line.indexOf(":");
  const name = line.slice(0, Math.max(colon, 0)).toLowerCase();
  const value = line.slice(colon + 1).trim();
  if (!token.test(name) || controls.test(line)) {
    throw new HttpFormatError(`Cannot read headers: ${JSON.stringify(line.slice(0, 80))} is no header field`);
  }
  const before = headers.get(name);
  if (before !== undefined && singleFields.includes(name)) {
    throw new HttpFormatError(`Cannot read headers: ${name} is given twice`);
  }
  headers.set(name, before === undefined ? value : `${before}, ${value}`);
}
