/** A source of numbers in [0, 1). */
export type Random = () => number;

/** The runtime's own generator. */
export const systemRandom: Random = Math.random;

/**
 * A generator that repeats itself for the same seed (mulberry32): tests and simulations print their seed.
 *
 * @param seed any integer; its low 32 bits count
 */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  return function next(): number {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
