/** Checks of JSON that came from a peer. */

/** A peer's message is none of this protocol; nothing of it was worked on. */
export class PeerFormatError extends Error {
  override readonly name = "PeerFormatError";
}

/** A JSON object of unknown members. */
export type JsonRecord = Readonly<Record<string, unknown>>;

/** Longest text and longest request, in characters: whoever asks sends no longer ones. */
export const MAX_TEXT = 4096;

/**
 * Reads the JSON object of a message.
 *
 * @throws {PeerFormatError} if `text` is not a JSON object
 */
export function parseJsonRecord(text: string): JsonRecord {
  try {
    return recordAt(JSON.parse(text), "the message");
  } catch (err) {
    if (err instanceof PeerFormatError) throw err;
    throw new PeerFormatError("Cannot read peer message: it is not JSON", { cause: err });
  }
}

/**
 * A value that has to be an object; `name` is for the error.
 *
 * @throws {PeerFormatError} if `value` is not a JSON object
 */
export function recordAt(value: unknown, name: string): JsonRecord {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as JsonRecord;
  throw wrong(name, "an object");
}

/**
 * A value that has to be a list; `name` is for the error.
 *
 * @throws {PeerFormatError} if `value` is not a list of at most `most`
 */
export function listAt(value: unknown, name: string, { most }: { most: number }): readonly unknown[] {
  if (Array.isArray(value) && value.length <= most) return value;
  throw wrong(name, `a list of at most ${most}`);
}

/**
 * A value that has to be a bounded string; `name` is for the error.
 *
 * @throws {PeerFormatError} if `value` is not a string of at most `most` characters, 4096 unless told
 */
export function textAt(value: unknown, name: string, { most = MAX_TEXT }: { most?: number } = {}): string {
  if (typeof value === "string" && value.length <= most) return value;
  throw wrong(name, `a string of at most ${most} characters`);
}

/**
 * A string that may be absent.
 *
 * @throws {PeerFormatError} if `value` is neither absent nor a string
 */
export function optionalTextAt(value: unknown, name: string): string | undefined {
  return value === undefined ? undefined : textAt(value, name);
}

/**
 * A list of strings that may be absent.
 *
 * @throws {PeerFormatError} if `value` is neither absent nor a list of at most 4096 strings
 */
export function optionalTextsAt(value: unknown, name: string): readonly string[] | undefined {
  if (value === undefined) return undefined;
  return listAt(value, name, { most: MAX_TEXT }).map((item) => textAt(item, name));
}

/**
 * A value that has to be a count or a time; `name` is for the error.
 *
 * @throws {PeerFormatError} if `value` is not a finite number of 0 or more
 */
export function numberAt(value: unknown, name: string): number {
  if (typeof value === "number" && Number.isFinite(value) && value >= 0) return value;
  throw wrong(name, "a number of 0 or more");
}

/** `value` is not `want`. */
export function wrong(name: string, want: string): PeerFormatError {
  return new PeerFormatError(`Cannot read peer message: ${name} is not ${want}`);
}
