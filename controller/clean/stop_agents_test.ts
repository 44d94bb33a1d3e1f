import assert from "node:assert/strict";
import type { AgentDaemonSet } from "./kinds.ts";
import { isStopped } from "./stop_agents.ts";

const cases: readonly { name: string; generation: number; status?: AgentDaemonSet["status"]; want: boolean }[] = [
  { name: "no controller ever saw it", generation: 1, want: true },
  { name: "the controller has not seen the change", generation: 2, status: { observedGeneration: 1 }, want: false },
  { name: "all are gone", generation: 2, status: { observedGeneration: 2 }, want: true },
  {
    name: "a Pod still terminates",
    generation: 2,
    status: { observedGeneration: 2, currentNumberScheduled: 0, numberMisscheduled: 1 },
    want: false,
  },
  {
    name: "a Pod is where it should be",
    generation: 2,
    status: { observedGeneration: 3, currentNumberScheduled: 1, numberMisscheduled: 0 },
    want: false,
  },
];
for (const { name, generation, status, want } of cases) {
  Deno.test(`isStopped() is ${want}: ${name}`, () => {
    const metadata = { name: "agent", namespace: "sp", generation };
    assert.equal(isStopped({ apiVersion: "apps/v1", kind: "DaemonSet", metadata, ...(status && { status }) }), want);
  });
}
