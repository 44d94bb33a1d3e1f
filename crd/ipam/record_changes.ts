import { parseRecordEntries, type RecordEntry } from "./record.ts";

/** What differs between records that are known and a text that was read. */
export interface RecordChanges {
  /** Entries that are new or other than known. */
  readonly put: readonly RecordEntry[];
  /** Keys that the text does not have any more. */
  readonly dropped: readonly string[];
}

/**
 * Compares the text of `status.allocatedIPs` with entries that are known: a pool of thousands of records differs in a few
 * when somebody else has written it, and comparing costs a small part of parsing.
 *
 * What is not known is cut out where a record may end and the next begin, and parsed. A cut at a wrong place leaves a
 * piece that is no JSON, for brackets or quotes in it are not even.
 *
 * @param known in the order of their keys
 * @returns `undefined` when only parsing all of it can tell: something in it is not as this project and upstream write it
 */
export function changesOf(text: string, known: readonly RecordEntry[]): RecordChanges | undefined {
  if (!text.startsWith('{"')) return undefined;
  const put: RecordEntry[] = [];
  const dropped: string[] = [];
  let next = 0;
  let lastKey = "";
  for (let at = 1; at < text.length;) {
    const key = text.slice(at + 1, text.indexOf('"', at + 1));
    for (; next < known.length && known[next]!.key < key; next++) dropped.push(known[next]!.key);
    const expected = known[next]?.key === key ? known[next++] : undefined;
    const isKnown = expected !== undefined && text.startsWith(expected.text, at) &&
      isEnd(text, at + expected.text.length);
    const piece = isKnown ? expected.text : pieceAt(text, at);
    const entry = isKnown ? expected : tryParsePiece(piece);
    if (entry === undefined || entry.key !== key || key <= lastKey) return undefined;
    if (!isKnown) put.push(entry);
    at += piece.length + 1;
    lastKey = key;
  }
  for (; next < known.length; next++) dropped.push(known[next]!.key);
  return { put, dropped };
}

/** Whether a record ends before `at`: another one follows, or the closing bracket of them all and nothing else. */
function isEnd(text: string, at: number): boolean {
  return at === text.length - 1 ? text.endsWith("}") : text.startsWith(',"', at);
}

/** From `at` to the next `}` that a comma and a quote follow, or to the last character but one. */
function pieceAt(text: string, at: number): string {
  const end = text.indexOf('},"', at);
  return text.slice(at, end < 0 ? -1 : end + 1);
}

/** The one entry that `piece` is, well and spelled as it would be here; `undefined` for anything else. */
function tryParsePiece(piece: string): RecordEntry | undefined {
  try {
    const [entry, ...more] = parseRecordEntries(`{${piece}}`);
    if (entry === undefined || more.length > 0 || entry.oddity !== undefined) return undefined;
    return piece.startsWith(`"${entry.key}":`) ? entry : undefined;
  } catch {
    return undefined; // whoever parses all of it says what is wrong
  }
}
