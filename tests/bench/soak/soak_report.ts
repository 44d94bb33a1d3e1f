/** What a soak has shown, as text and tables. */
import { type HardwareFacts, hardwareText } from "../real/machine.ts";
import type { Table } from "../table.ts";
import { disturbanceKinds } from "./disturbances.ts";
import { growthOf, livesOf } from "./lives.ts";
import type { SoakOutcome } from "./soak.ts";

/** A soak and where it was. */
export interface SoakResults extends SoakOutcome {
  /** When, as RFC 3339. */
  readonly startedAt: string;
  readonly machine: HardwareFacts;
}

/** Growth of resident memory that is allowed between an agent's first minute and the end. */
const ALLOWED_GROWTH = 0.1;

/** A few lines for a document. */
export function soakHeadOf(
  { startedAt, machine, minutes, seed, disturbances, churn, pods, settledMs }: SoakResults,
): string {
  const deaths = disturbanceKinds.map((kind) => `${disturbances.filter((one) => one.kind === kind).length} × ${kind}`);
  return `Measured on ${startedAt.slice(0, 10)}: ${hardwareText(machine)}; ${minutes} minutes, seed ${seed}; killed: ${
    deaths.join(", ")
  }. ${churn.changes} changes of Deployments, of which ${churn.failed} met no API server; ${pods.seen} Pods were seen, ${pods.ran} of them running. ${
    Math.round(settledMs / 1000)
  } s after the end all Pods ran, and pools, endpoints, Pods and kernels agreed; then all Pods were deleted, and every address was free.`;
}

/** The figures of the agents that lived for at least two minutes. */
export function soakTableOf({ samples }: SoakResults): Table {
  const growths = livesOf(samples).map(growthOf).filter((growth) => growth !== undefined);
  const change = (first: number, last: number) =>
    `${last >= first ? "+" : ""}${(100 * (last / first - 1)).toFixed(1)} %`;
  const isKept = growths.every(({ first, last }) => last.rss <= first.rss * (1 + ALLOWED_GROWTH));
  return {
    title: "Agents between their first minute and their end",
    head: [
      "agent of",
      "minutes",
      "MB after 1 min",
      "MB at the end",
      "change",
      "descriptors after 1 min",
      "descriptors at the end",
    ],
    rows: growths.map(({ node, minutes, first, last }) => [
      node,
      Number(minutes.toFixed(1)),
      first.rss / 1e6,
      last.rss / 1e6,
      change(first.rss, last.rss),
      first.descriptors,
      last.descriptors,
    ]),
    notes: [
      `Resident memory at most ${100 * ALLOWED_GROWTH} % above that after the first minute: ${
        isKept ? "kept" : "not kept"
      }.`,
      "One line for each process that lived for at least two minutes; the agent of the last node is never killed.",
    ],
  };
}
