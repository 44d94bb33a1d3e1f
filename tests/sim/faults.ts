import type { WatchFault } from "../apiserver/faults.ts";
import type { Dice } from "./dice.ts";

/** What becomes of one request on its way. */
export type Fate =
  | { readonly kind: "served" }
  /** The connection breaks before the server saw the request. */
  | { readonly kind: "refused" }
  /** The server does it, the answer is lost. */
  | { readonly kind: "answer-lost" }
  /** The connection breaks; the server sees the request `lateMs` after that. */
  | { readonly kind: "late"; readonly lateMs: number }
  /** No answer ever comes; the server sees the request after `lateMs`. */
  | { readonly kind: "silent"; readonly lateMs: number }
  /** It arrives twice, before or after the first is answered. Only between agents. */
  | { readonly kind: "twice"; readonly lateMs: number }
  /** An error answer; for a 500 the server may have done it before. */
  | { readonly kind: "status"; readonly status: 409 | 429 | 500; readonly isDone: boolean };

/** One request's way to the server and back. */
export interface Journey {
  readonly fate: Fate;
  /** Milliseconds to the server. */
  readonly upMs: number;
  /** Milliseconds back. */
  readonly downMs: number;
}

/** How often what goes wrong; chances of a single request. */
export interface FaultRates {
  readonly refused: number;
  readonly answerLost: number;
  readonly late: number;
  readonly silent: number;
  readonly conflict: number;
  readonly tooMany: number;
  readonly serverError: number;
  /** A request that takes seconds instead of milliseconds. */
  readonly slow: number;
}

/** Nothing goes wrong. */
export const noFaults: FaultRates = {
  refused: 0,
  answerLost: 0,
  late: 0,
  silent: 0,
  conflict: 0,
  tooMany: 0,
  serverError: 0,
  slow: 0,
};

/** What the simulation runs with most of the time. */
export const someFaults: FaultRates = {
  refused: 0.01,
  answerLost: 0.015,
  late: 0.015,
  silent: 0.003,
  conflict: 0.02,
  tooMany: 0.01,
  serverError: 0.01,
  slow: 0.02,
};

/** A network that hardly works; for some seconds now and then. */
export const stormyFaults: FaultRates = {
  refused: 0.05,
  answerLost: 0.1,
  late: 0.2,
  silent: 0.02,
  conflict: 0.05,
  tooMany: 0.03,
  serverError: 0.05,
  slow: 0.1,
};

/** The longest time, in milliseconds, that a request may be on its way after its sender gave it up. */
export const MAX_LATE_MS = 20_000;

/** Draws one fate. */
export type DrawFate = (rates: FaultRates, options: { dice: Dice; isWrite: boolean }) => Fate;

/** Draws what becomes of a request. */
export function drawJourney(
  rates: FaultRates,
  { dice, isWrite, draw = drawFate }: { dice: Dice; isWrite: boolean; draw?: DrawFate },
): Journey {
  const [upMs, downMs] = [drawLatency(rates, dice), drawLatency(rates, dice)];
  return { fate: draw(rates, { dice, isWrite }), upMs, downMs };
}

/** Draws what becomes of a message between agents. */
export function drawPeerFate(rates: FaultRates, options: { dice: Dice; isWrite: boolean }): Fate {
  const { dice } = options;
  return dice.chance(rates.late) ? { kind: "twice", lateMs: lateMs(dice) } : drawFate(rates, options);
}

/** Draws how a watch goes: late events, an early end. */
export function drawWatch(dice: Dice): WatchFault {
  const delayEventsMs = dice.chance(0.2) ? dice.between(200, 10_000) : dice.exponential(20);
  const cutAs = dice.chance(0.5) ? "end" as const : "broken" as const;
  const cut = dice.weighted([
    [4, {}],
    [2, { cutAfterMs: dice.between(50, 90_000) }],
    [1, { cutAfterEvents: 1 + dice.below(20) }],
  ]);
  return { delayEventsMs, cutAs, ...cut };
}

/** Draws every how many chunks of a watch one comes twice; often none does. */
export function drawRepeats(dice: Dice): number | undefined {
  return dice.chance(0.2) ? 1 + dice.below(4) : undefined;
}

/** Whether anything is wrong with a request's way. */
export function isTroubled({ fate, upMs, downMs }: Journey): boolean {
  return fate.kind !== "served" || upMs > SLOW_MS || downMs > SLOW_MS;
}

/** A latency above this many milliseconds counts as a fault. */
const SLOW_MS = 100;

function drawFate(rates: FaultRates, { dice, isWrite }: { dice: Dice; isWrite: boolean }): Fate {
  return dice.weighted<Fate>([
    [rates.refused, { kind: "refused" }],
    [rates.answerLost, { kind: "answer-lost" }],
    [isWrite ? rates.late : 0, { kind: "late", lateMs: lateMs(dice) }],
    [rates.silent, { kind: "silent", lateMs: lateMs(dice) }],
    [isWrite ? rates.conflict : 0, { kind: "status", status: 409, isDone: false }],
    [rates.tooMany, { kind: "status", status: 429, isDone: false }],
    [rates.serverError, { kind: "status", status: 500, isDone: isWrite && dice.chance(0.5) }],
    [1, { kind: "served" }],
  ]);
}

/** Milliseconds one way. */
function drawLatency(rates: FaultRates, dice: Dice): number {
  return dice.chance(rates.slow) ? dice.between(SLOW_MS, 4000) : Math.min(SLOW_MS, 0.2 + dice.exponential(4));
}

function lateMs(dice: Dice): number {
  return dice.chance(0.2) ? dice.between(1000, MAX_LATE_MS) : dice.exponential(100);
}
