/** In the middle of the user agent that Deno sends, so every Deno and every base binary holds it. */
const MARK = new TextEncoder().encode("Deno/");

/**
 * Version of Deno inside a Deno or a base binary; the last one counts, because others are mentioned in passing.
 *
 * @returns such as `2.7.11`; `undefined` when there is none
 */
export function denoVersionOf(binary: Uint8Array): string | undefined {
  const decoder = new TextDecoder();
  const [first = 0] = MARK;
  for (let end = binary.length; end > 0;) {
    const at = binary.lastIndexOf(first, end - 1);
    if (at < 0) return undefined;
    const found = /^Deno\/(\d+\.\d+\.\d+)/.exec(
      isMarkAt(binary, at) ? decoder.decode(binary.subarray(at, at + 32)) : "",
    );
    if (found?.[1] !== undefined) return found[1];
    end = at;
  }
  return undefined;
}

function isMarkAt(bytes: Uint8Array, at: number): boolean {
  return MARK.every((byte, i) => bytes[at + i] === byte);
}
