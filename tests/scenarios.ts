/** The scenario tables of the specification that tests have to hold, row by row. */
import type { ScenarioTable } from "../scripts/scenario_rows.ts";
import { agentRows } from "./rows/agent.ts";
import { deferredOperations, operationsRows } from "./rows/operations.ts";

/** All tables whose rows are due; a bare `row 7` in a test's name means the first. */
export const scenarioTables: readonly ScenarioTable[] = [
  {
    name: "ipam",
    rows: 109,
    deferred: {
      105: "needs the IaaS provider",
      106: "needs the IaaS provider",
    },
  },
  {
    name: "plugins",
    rows: 112,
    deferred: {},
    // ifacer's: most hosts' kernels have no VLANs or bonds
    ofLayers: { "virtual machine": Array.from({ length: 112 - 91 }, (_, i) => 92 + i) },
  },
  { name: "agent", rows: agentRows, deferred: {} },
  { name: "operations", rows: operationsRows, deferred: deferredOperations, ofLayers: { build: ["14.3"] } },
];
