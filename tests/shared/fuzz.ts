/**
 * Generators for fuzz tests: what a seed gives is always the same, and a failure names its seed, run and input. Inputs
 * are small, because the flaws of a decoder show early; what must also hold for huge ones has tests of its own.
 */
import { inspect } from "node:util";
import { type Random, seededRandom } from "../../net/base/random.ts";

/** How much is tried. */
export interface FuzzOptions {
  /** @default 1 */
  readonly seed?: number;
  /** @default 2000 */
  readonly runs?: number;
}

/**
 * Runs `check` on many inputs. The first one that it throws for ends the test.
 *
 * @param make an input from random numbers
 */
export async function fuzz<T>(
  make: (random: Random) => T,
  check: (input: T) => void | Promise<void>,
  { seed = 1, runs = 2000 }: FuzzOptions = {},
): Promise<void> {
  for (let run = 0; run < runs; run++) {
    const input = make(seededRandom(seed * 1_000_003 + run));
    try {
      await check(input);
    } catch (cause) {
      const shown = inspect(input, { depth: 8, maxStringLength: 2000 });
      throw new Error(`Cannot cope with input ${run} of seed ${seed}: ${shown}`, { cause });
    }
  }
}

/** A whole number from 0 to `below` - 1. */
export function below(random: Random, count: number): number {
  return Math.floor(random() * count);
}

/** One of `items`, which is not empty. */
export function oneOf<T>(random: Random, items: readonly T[]): T {
  return items[below(random, items.length)]!;
}

/** Up to `most` things that `make` makes. */
export function some<T>(random: Random, most: number, make: (random: Random) => T): T[] {
  return Array.from({ length: below(random, most + 1) }, () => make(random));
}

/** Texts that decoders trip over. */
const oddTexts = [
  "",
  " ",
  "\u0000",
  "\n",
  "\r\n",
  "null",
  "{}",
  "[]",
  "0",
  "-1",
  "1e999",
  "9007199254740993",
  "true",
  "__proto__",
  "constructor",
  "toString",
  "length",
  "\ud800",
  "\u{1f577}",
  "İ",
  "10.0.0.1",
  "10.0.0.1/24",
  "010.0.0.1",
  "fd00::1",
  "FD00:0::1",
  "::ffff:10.0.0.1",
  "fe80::1%eth0",
  "a".repeat(300),
];

/** A text: an odd one, or a few random characters. */
export function textOf(random: Random): string {
  if (random() < 0.7) return oneOf(random, oddTexts);
  return String.fromCharCode(...some(random, 12, () => below(random, random() < 0.8 ? 128 : 0x10000)));
}

/** Any JSON value, up to `depth` levels deep. Members may be named `__proto__`. */
export function jsonOf(random: Random, depth = 3): unknown {
  const kind = below(random, depth > 0 ? 7 : 5);
  switch (kind) {
    case 0:
      return null;
    case 1:
      return random() < 0.5;
    case 2:
      return oneOf(random, [0, -1, 1, 1.5, 2 ** 53, 1e300, below(random, 1000)]);
    case 5:
      return some(random, 4, () => jsonOf(random, depth - 1));
    case 6:
      return objectOf(some(random, 4, () => [textOf(random), jsonOf(random, depth - 1)]));
    default:
      return textOf(random);
  }
}

/** `sample` with some parts replaced, dropped or added: what is nearly right goes deepest into a decoder. */
export function mutatedJson(random: Random, sample: unknown): unknown {
  if (random() < 0.08) return jsonOf(random, 2);
  if (Array.isArray(sample)) {
    const kept = sample.filter(() => random() > 0.1).map((item) => mutatedJson(random, item));
    return random() < 0.1 ? [...kept, ...kept] : kept;
  }
  if (typeof sample !== "object" || sample === null) return sample;
  const members = Object.entries(sample).filter(() => random() > 0.05).map(([key, value]): [string, unknown] => [
    random() < 0.05 ? key.toUpperCase() : key,
    mutatedJson(random, value),
  ]);
  return objectOf(random() < 0.1 ? [...members, [textOf(random), jsonOf(random, 2)]] : members);
}

/** One of `samples` with a few characters dropped, doubled, swapped or replaced. */
export function mutatedText(random: Random, samples: readonly string[]): string {
  let text = oneOf(random, samples);
  for (let i = below(random, 4); i > 0; i--) {
    const at = below(random, text.length + 1);
    const to = Math.min(text.length, at + below(random, 6));
    const middle = oneOf(random, ["", text.slice(at, to).repeat(2), textOf(random), oneOf(random, samples)]);
    text = text.slice(0, at) + middle + text.slice(to);
  }
  return text;
}

/** JSON text of a mutated sample, sometimes with a broken syntax. */
export function mutatedJsonText(random: Random, samples: readonly unknown[]): string {
  const text = JSON.stringify(mutatedJson(random, oneOf(random, samples)));
  return random() < 0.2 ? mutatedText(random, [text]) : text;
}

/** `bytes` in pieces of random lengths. */
export function pieces(random: Random, bytes: Uint8Array): Uint8Array[] {
  const parts: Uint8Array[] = [];
  for (let at = 0; at < bytes.length;) {
    const length = 1 + below(random, random() < 0.5 ? 3 : bytes.length);
    parts.push(bytes.subarray(at, at + length));
    at += length;
  }
  return parts;
}

/** Throws unless `work` returns, or throws an error of one of `classes`. @returns what it returned */
export function returnsOrThrows<T>(
  work: () => T,
  classes: readonly (abstract new (...args: never[]) => Error)[],
): T | undefined {
  try {
    return work();
  } catch (err) {
    if (classes.some((known) => err instanceof known)) return undefined;
    throw err;
  }
}

/** Unlike a literal, it has a member of its own that is called `__proto__`. */
function objectOf(members: readonly (readonly [string, unknown])[]): object {
  return Object.fromEntries(members);
}
