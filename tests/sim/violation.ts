/** The invariants of the claim protocol (I1 to I8), and three that follow from the specification. */
export const invariants = {
  I1: "no address has two live owners",
  I2: "the address of a live attachment is recorded for it",
  I3: "an address held by no live attachment becomes free",
  I4: "every request ends in time",
  I5: "repeating a request changes nothing",
  I6: "what no endpoint lists is in a journal",
  I7: "pools and endpoints say what is held",
  I8: "a fixed owner keeps its address",
  allowed: "only addresses are taken that the pool offers",
  aside: "an address in quarantine stays aside",
  truthful: "a pool is called full only if it was",
  bug: "nothing crashes",
} as const;

/** Name of an invariant. */
export type Invariant = keyof typeof invariants;

/** An invariant does not hold. */
export class Violation extends Error {
  override readonly name = "Violation";

  /** @param about texts by which the trace lines that matter are found */
  constructor(readonly invariant: Invariant, detail: string, readonly about: readonly string[] = []) {
    super(`${invariant} (${invariants[invariant]}) does not hold: ${detail}`);
  }
}
