import assert from "node:assert/strict";
import * as brokenAgents from "./agent_mutations.ts";
import { someFaults } from "./faults.ts";
import * as broken from "./mutations.ts";
import { shrink } from "./shrink.ts";
import { type Climate, simulate, type Simulation } from "./simulate.ts";
import { storyOf } from "./story.ts";
import * as brokenVms from "./vm_mutations.ts";
import type { Invariant } from "./violation.ts";
import type { Mutation } from "./world.ts";

/** Operations of one try, and seeds that are tried until one raises an alarm. */
const OPERATIONS = 600;
const SEEDS = 12;

interface Case {
  readonly name: string;
  readonly mutation: Mutation;
  /** Any of these is the right alarm. */
  readonly want: readonly Invariant[];
  /** What makes it likely. @default the usual mix */
  readonly climate?: Climate;
}

/** Agents live, callers leave, and much of what agents tell each other comes late. */
const latePeers: Climate = {
  mix: { "hang-up": 6, kill: 0, storm: 0, partition: 0, "step-clock": 0 },
  rates: { ...someFaults, answerLost: 0.03, late: 0.25, tooMany: 0 },
};

/** VMs come, migrate and go all the time. */
const migratingVms: Climate = { mix: { "start-vm": 15, "migrate-vm": 25, "stop-vm": 10 } };

const cases: readonly Case[] = [
  {
    name: "an API server without optimistic locking",
    mutation: { transport: broken.withoutOptimisticLocking },
    want: ["I1", "I2", "I6", "allowed"],
  },
  {
    name: "a writer that decides nothing anew after a conflict",
    mutation: { transport: broken.withoutRereadAfterConflict },
    want: ["I1", "I2", "I6"],
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
    name: "an endpoint before the record",
    mutation: { transport: broken.withLateRecords },
    want: ["I1", "I2"],
  },
  {
    name: "an answer before the endpoint is written",
    mutation: { transport: broken.withoutEndpoints },
    want: ["I6", "I7"],
  },
  {
    name: "an ADD that notes nothing in the journal",
    mutation: { journal: brokenAgents.withoutJournal },
    want: ["I6"],
  },
  {
    name: "garbage collection that frees by address alone",
    mutation: { mutateClaims: brokenAgents.withoutFence },
    want: ["I2"],
    climate: { mix: { scan: 20 } },
  },
  {
    name: "an identity by Pod name",
    mutation: brokenAgents.identityByName(),
    want: ["I2", "I3", "I6"],
  },
  {
    name: "a DEL that takes the current Pod",
    mutation: { service: brokenAgents.delOfCurrentPod },
    want: ["I2", "I3"],
    climate: { mix: { kill: 0, partition: 0, storm: 0, "recreate-pool": 0 } },
  },
  {
    name: "a peer's silence that is taken for a refusal",
    mutation: { exchange: broken.unknownAsRefused },
    want: ["I2", "I3", "I6"],
    climate: latePeers,
  },
  {
    name: "a committer that writes for callers that have gone",
    mutation: { exchange: broken.withoutTimeLimit },
    want: ["I2", "I3", "I6"],
    climate: latePeers,
  },
  {
    name: "a quarantine that is ignored",
    mutation: { transport: broken.withoutQuarantine },
    want: ["I7"],
  },
  {
    name: "a fixed owner that is re-owned without a live look at the Pod",
    mutation: { transport: broken.withoutLivePods },
    want: ["I2", "I5", "I6", "I7", "I8"],
  },
  {
    name: "a VM whose migration is taken for another start",
    mutation: { transport: brokenVms.withoutMigrations },
    want: ["I2", "I7", "I8"],
    climate: migratingVms,
  },
  {
    name: "a VM whose other Pod is overlooked when it ends",
    mutation: { transport: brokenVms.withoutSiblings },
    want: ["I1", "I2", "I7"],
    climate: migratingVms,
  },
];

for (const { name, mutation, want, climate = {} } of cases) {
  Deno.test(`the checker notices ${name}`, async () => {
    const found = (await firstAlarm({ mutation, climate }))?.violation;
    assert.ok(found !== undefined && want.includes(found.invariant), `found ${found}, not one of ${want.join(", ")}`);
  });
}

Deno.test("shrink() finds a short history of a failure, and it fails again", async () => {
  const mutation = { transport: broken.withoutOptimisticLocking };
  const simulation = await firstAlarm({ mutation });
  assert.ok(simulation !== undefined);
  const { world, script } = simulation;
  const options = { seed: world.seed, operations: OPERATIONS, mutation };
  let tries = 0;
  const shortest = await shrink({ options, simulation }, { isOver: () => ++tries > 400 });
  const { violation, script: short } = shortest.simulation;
  assert.equal(violation?.invariant, simulation.violation?.invariant);
  assert.ok(short.history.length <= 10, `${short.history.length} of ${script.history.length} operations`);
  const again = await simulate({ ...options, script: short });
  assert.equal(again.violation?.message, violation?.message);
  assert.match(storyOf(shortest), /what was done \(\d+ operations\):\n {2}#\d+ .*create/);
});

/** The first of a few short simulations that finds something. */
async function firstAlarm(
  options: { readonly mutation: Mutation; readonly climate?: Climate },
): Promise<Simulation | undefined> {
  for (let seed = 1; seed <= SEEDS; seed++) {
    const simulation = await simulate({ seed, operations: OPERATIONS, ...options, isTraced: false });
    if (simulation.violation !== undefined) return simulation;
  }
  return undefined;
}
