import assert from "node:assert/strict";
import * as broken from "./mutations.ts";
import { simulate, SimulationError } from "./simulate.ts";
import type { Invariant } from "./violation.ts";
import type { Mutation } from "./world.ts";

interface Case {
  readonly name: string;
  readonly mutation: Mutation;
  /** Any of these is the right alarm. */
  readonly want: readonly Invariant[];
}

const cases: readonly Case[] = [
  {
    name: "an API server without optimistic locking",
    mutation: { transport: broken.withoutOptimisticLocking },
    want: ["I1", "I2", "I6", "allowed"],
  },
  {
    name: "answers from a cache that nobody confirmed",
    mutation: { transport: broken.withoutConfirmation },
    want: ["truthful", "I2", "I3", "I6"],
  },
  {
    name: "a confirmed write that is forgotten",
    mutation: { transport: broken.withForgottenWrites },
    want: ["I1", "I2"],
  },
  {
    name: "an answer before the endpoint is written",
    mutation: { transport: broken.withoutEndpoints },
    want: ["I6", "I7"],
  },
  {
    name: "an ADD that notes nothing in the journal",
    mutation: { journal: broken.withoutJournal },
    want: ["I6"],
  },
  {
    name: "garbage collection that frees by address alone",
    mutation: { mutateClaims: broken.withoutFence },
    want: ["I2"],
  },
];

for (const { name, mutation, want } of cases) {
  Deno.test(`the checker notices ${name}`, async () => {
    const found = await firstAlarm(mutation);
    assert.ok(found !== undefined && want.includes(found), `found ${found}, not one of ${want.join(", ")}`);
  });
}

/** The first invariant that one of a few short simulations sees broken. */
async function firstAlarm(mutation: Mutation): Promise<Invariant | undefined> {
  for (let seed = 1; seed <= 6; seed++) {
    try {
      await simulate({ seed, operations: 600, mutation });
    } catch (err) {
      if (err instanceof SimulationError) return err.violation.invariant;
      throw err;
    }
  }
  return undefined;
}
