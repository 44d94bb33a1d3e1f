/**
 * The one of `candidates` that `word` was probably meant to be: upper and lower case do not count, a wrong, missing,
 * surplus or swapped letter counts once. `undefined` when a third of the word or more is different.
 */
export function nearestOf(word: string, candidates: readonly string[]): string | undefined {
  const wanted = word.toLowerCase();
  const ranked = candidates.filter((candidate) => Math.abs(candidate.length - word.length) <= word.length / 3)
    .map((candidate) => ({ candidate, distance: distanceOf(wanted, candidate.toLowerCase()) }))
    .toSorted((a, b) => a.distance - b.distance);
  const [best] = ranked;
  return best !== undefined && best.distance <= word.length / 3 ? best.candidate : undefined;
}

/** Optimal string alignment: Levenshtein's distance, with neighbors that were swapped counted once. */
function distanceOf(a: string, b: string): number {
  let before: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const isSame = a[i - 1] === b[j - 1];
      const edited = Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + (isSame ? 0 : 1));
      const isSwapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      next.push(isSwapped ? Math.min(edited, (before[j - 2] ?? 0) + 1) : edited);
    }
    [before, row] = [row, next];
  }
  return row[b.length] ?? 0;
}
