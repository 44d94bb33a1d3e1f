import { reservedIps } from "./pool_specs.ts";

/** How long an agent may take to hear of a reservation, or of its end, in milliseconds. */
const HEARSAY_MS = 120_000;

interface Reservation {
  readonly address: string;
  /** Milliseconds since the epoch. */
  readonly fromMs: number;
  toMs: number;
}

/** Which addresses SpiderReservedIPs set aside, and since when. */
export class Reservations {
  #all: Reservation[] = [];

  /** An address is reserved from now on. @returns a function that ends it */
  begin(address: string, now: () => number): () => void {
    const reservation = { address, fromMs: now(), toMs: Infinity };
    this.#all = this.#all.filter(({ toMs }) => toMs + HEARSAY_MS >= now());
    this.#all.push(reservation);
    return () => void (reservation.toMs = now());
  }

  /** Whether every agent knows by now that the address is reserved. */
  isKnown(address: string, nowMs: number): boolean {
    return reservedIps.includes(address) ||
      this.#all.some((one) => one.address === address && nowMs > one.fromMs + HEARSAY_MS && nowMs <= one.toMs);
  }

  /** Whether any agent may believe that the address is reserved. */
  isPossible(address: string, nowMs: number): boolean {
    return reservedIps.includes(address) ||
      this.#all.some((one) => one.address === address && nowMs <= one.toMs + HEARSAY_MS);
  }
}
