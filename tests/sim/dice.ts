import { type Random, seededRandom } from "../../net/base/random.ts";

/** A named stream of random decisions: what one actor draws does not shift what another draws. */
export class Dice {
  readonly random: Random;
  readonly #seed: number;

  /** @param seed any integer; its low 32 bits count */
  constructor(seed: number) {
    this.#seed = seed >>> 0;
    this.random = seededRandom(this.#seed);
  }

  /** A stream of its own for `name`. */
  fork(name: string): Dice {
    let seed = this.#seed ^ 0x9e3779b9;
    for (let i = 0; i < name.length; i++) seed = Math.imul(seed ^ name.charCodeAt(i), 0x01000193) >>> 0;
    return new Dice(seed);
  }

  /** True with probability `p`. */
  chance(p: number): boolean {
    return this.random() < p;
  }

  /** A number in [`from`, `to`). */
  between(from: number, to: number): number {
    return from + this.random() * (to - from);
  }

  /** A whole number in [0, `count`). */
  below(count: number): number {
    return Math.floor(this.random() * count);
  }

  /** Mostly near 0, now and then several times `mean`. */
  exponential(mean: number): number {
    return -mean * Math.log(1 - this.random());
  }

  /** One of `items`, which is not empty. */
  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)]!;
  }

  /** One of `options`, each as likely as its weight. */
  weighted<T>(options: readonly (readonly [weight: number, value: T])[]): T {
    let left = this.random() * options.reduce((sum, [weight]) => sum + weight, 0);
    for (const [weight, value] of options) {
      left -= weight;
      if (left < 0) return value;
    }
    return options.at(-1)![1];
  }
}
