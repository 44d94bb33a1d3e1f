import type { Random } from "../../../net/base/random.ts";

/** Random choices. */
export class Choose {
  readonly #random: Random;

  constructor(random: Random) {
    this.#random = random;
  }

  /** A whole number below `limit`. */
  below(limit: number): number {
    return Math.floor(this.#random() * limit);
  }

  /** Whether something of this probability happens. */
  chance(probability: number): boolean {
    return this.#random() < probability;
  }

  /** One of `items`. @throws {RangeError} if there are none */
  one<T>(items: readonly T[]): T {
    if (items.length === 0) throw new RangeError("Cannot choose: there is nothing to choose from");
    return items[this.below(items.length)] as T; // below the length, as checked
  }

  /** Some entries of `object`: each with probability 0.4. */
  some<T>(object: Readonly<Record<string, T>>): Record<string, T> {
    return Object.fromEntries(Object.entries(object).filter(() => this.chance(0.4)));
  }

  /** One of `items` by weight. */
  weighted<T>(items: readonly (readonly [weight: number, item: T])[]): T {
    let left = this.#random() * items.reduce((sum, [weight]) => sum + weight, 0);
    for (const [weight, item] of items) {
      left -= weight;
      if (left < 0) return item;
    }
    throw new RangeError("Cannot choose: all weights are zero");
  }
}
