/** In the middle of the user agent that Deno sends, so every Deno and every base binary holds it. */
const MARK = new TextEncoder().encode("Deno/");

/**
 * Version of Deno inside a Deno or a base binary; the last one counts, because others are mentioned in passing.
 *
 * @returns such as `2.7.11`; `undefined` when there is none
 */
export function denoVersionOf(binary: Uint8Array): string | undefined {
  const decoder = new TextDecoder();
  for (let at = lastIndexOf(binary, binary.length); at >= 0; at = lastIndexOf(binary, at)) {
    const found = /^Deno\/(\d+\.\d+\.\d+)/.exec(decoder.decode(binary.subarray(at, at + 32)));
    if (found?.[1] !== undefined) return found[1];
  }
  return undefined;
}

/** Where the last mark before `end` begins, or -1. */
function lastIndexOf(bytes: Uint8Array, end: number): number {
  const [first = 0] = MARK;
  for (let at = bytes.lastIndexOf(first, end - 1); at >= 0; at = at === 0 ? -1 : bytes.lastIndexOf(first, at - 1)) {
    if (MARK.every((byte, i) => bytes[at + i] === byte)) return at;
  }
  return -1;
}
