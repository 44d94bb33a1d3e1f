import { Dice } from "./dice.ts";

/**
 * Random decisions by name: the n-th decision of a name is the same whatever else was decided before. So one operation
 * can be taken out of a history, and what everybody else decides hardly changes.
 */
export class KeyedDice {
  readonly #root: Dice;
  readonly #uses = new Map<string, number>();

  constructor(root: Dice) {
    this.#root = root;
  }

  /** `<name>#<n>`, of which each is handed out once. */
  nextKey(name: string): string {
    const use = (this.#uses.get(name) ?? 0) + 1;
    this.#uses.set(name, use);
    return `${name}#${use}`;
  }

  /** A stream of its own for a key. */
  at(key: string): Dice {
    return this.#root.fork(key);
  }

  /** A stream of its own for the next use of `name`. */
  next(name: string): Dice {
    return this.at(this.nextKey(name));
  }
}
