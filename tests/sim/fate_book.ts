import type { WatchFault } from "../apiserver/faults.ts";
import {
  type DrawFate,
  drawJourney,
  drawRepeats,
  drawWatch,
  type FaultRates,
  isTroubled,
  type Journey,
  noFaults,
} from "./faults.ts";
import type { Dice } from "./dice.ts";
import type { KeyedDice } from "./keyed_dice.ts";

/** One thing that went wrong in the network. */
export type Trouble =
  | { readonly kind: "request"; readonly journey: Journey }
  | { readonly kind: "watch"; readonly fault: WatchFault }
  | { readonly kind: "repeats"; readonly every: number };

/** Everything that went wrong, by request: enough to let the same go wrong again. */
export type Troubles = ReadonlyMap<string, Trouble>;

/** Decides what becomes of each request, by chance or as recorded, and records what went wrong. */
export class FateBook {
  readonly #dice: KeyedDice;
  readonly #script: Troubles | undefined;
  readonly #record = new Map<string, Trouble>();

  /** @param script only this goes wrong, at just these requests */
  constructor(dice: KeyedDice, script?: Troubles) {
    this.#dice = dice;
    this.#script = script;
  }

  /** What becomes of the next request of this name. */
  journey(
    name: string,
    { rates, ...options }: { rates: FaultRates; isWrite: boolean; draw?: DrawFate },
  ): Journey {
    const key = this.#dice.nextKey(name);
    const recorded = this.#script?.get(key);
    const chances = this.#script === undefined ? rates : noFaults;
    const journey = recorded?.kind === "request"
      ? recorded.journey
      : drawJourney(chances, { dice: this.#dice.at(key), ...options });
    if (isTroubled(journey)) this.#record.set(key, { kind: "request", journey });
    return journey;
  }

  /** How the server serves the next watch of this name. */
  watch(name: string, isFaulty: boolean): WatchFault | undefined {
    const trouble = this.#next(`${name} served`, isFaulty, (dice) => ({ kind: "watch", fault: drawWatch(dice) }));
    return trouble?.kind === "watch" ? trouble.fault : undefined;
  }

  /** Every how many chunks of the next watch of this name one comes twice. */
  repeats(name: string, isFaulty: boolean): number | undefined {
    const trouble = this.#next(`${name} repeats`, isFaulty, (dice) => {
      const every = drawRepeats(dice);
      return every === undefined ? undefined : { kind: "repeats", every };
    });
    return trouble?.kind === "repeats" ? trouble.every : undefined;
  }

  /** What went wrong so far. */
  get record(): Troubles {
    return this.#record;
  }

  #next(name: string, isFaulty: boolean, draw: (dice: Dice) => Trouble | undefined): Trouble | undefined {
    const key = this.#dice.nextKey(name);
    const isDrawn = this.#script === undefined && isFaulty;
    const trouble = isDrawn ? draw(this.#dice.at(key)) : this.#script?.get(key);
    if (trouble !== undefined) this.#record.set(key, trouble);
    return trouble;
  }
}
