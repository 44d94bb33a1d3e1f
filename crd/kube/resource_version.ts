/**
 * Compares two resourceVersions of one resource. They are decimal numbers in practice, and by promise since
 * KEP-5504; others cannot be compared.
 *
 * @returns negative if `a` is older, 0 if equal, positive if newer, `undefined` if it cannot be told
 */
export function compareResourceVersions(a: string | undefined, b: string | undefined): number | undefined {
  if (a === undefined || b === undefined) return undefined;
  if (a === b) return 0;
  if (!isDecimal(a) || !isDecimal(b)) return undefined;
  if (a.length !== b.length) return a.length - b.length;
  return a < b ? -1 : 1;
}

/** No sign and no leading zero: then the longer number is the larger one. */
function isDecimal(text: string): boolean {
  return /^(0|[1-9][0-9]*)$/.test(text);
}
