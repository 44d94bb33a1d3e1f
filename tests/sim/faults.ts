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
  /** An error answer; for a 500 the server may have done it before. */
  | { readonly kind: "status"; readonly status: 409 | 429 | 500; readonly isDone: boolean };

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

/** Draws what becomes of a request. */
export function drawFate(rates: FaultRates, { dice, isWrite }: { dice: Dice; isWrite: boolean }): Fate {
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
export function drawLatency(rates: FaultRates, dice: Dice): number {
  return dice.chance(rates.slow) ? dice.between(100, 4000) : 0.2 + dice.exponential(4);
}

function lateMs(dice: Dice): number {
  return dice.chance(0.2) ? dice.between(1000, MAX_LATE_MS) : dice.exponential(100);
}
