/** The scenario tables of the specification that tests have to hold, row by row. */
import type { ScenarioTable } from "../scripts/scenario_rows.ts";

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
];
