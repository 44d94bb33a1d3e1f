import type { Random } from "../../../net/base/random.ts";

/** What dies. */
export const disturbanceKinds = ["agent", "kubelet", "api-server"] as const;

/** One of them. */
export type DisturbanceKind = typeof disturbanceKinds[number];

/** One death, with `kill -9`. */
export interface Disturbance {
  /** Since the churn began, in milliseconds. */
  readonly atMs: number;
  readonly kind: DisturbanceKind;
  /** Which node, where a node has it: an index. */
  readonly node: number;
  /** How long it stays away, in milliseconds; an agent is started again by its kubelet, whenever that does. */
  readonly awayMs: number;
}

/** What is planned for. */
export interface DisturbancePlanOptions {
  readonly minutes: number;
  readonly nodes: number;
  readonly random: Random;
}

/** Nothing dies in the first minute: what the agents weigh then is what they are compared with at the end. */
const CALM_MS = 60_000;

/** Time without deaths at the end, in milliseconds. */
const END_MS = 15_000;

/** From one death to the next, in milliseconds. */
const PAUSE_MS = { least: 15_000, most: 40_000 };

/** How long kubelets and the API server are away, in milliseconds. */
const AWAY_MS = { least: 500, most: 15_000 };

/** Each round has these, in an order of its own. */
const ROUND: readonly DisturbanceKind[] = ["agent", "kubelet", "api-server", "agent"];

/**
 * Draws what dies when. The agent of the last node is spared, so that its memory can be told over the whole run; its
 * kubelet and its API server die no less often.
 */
export function planDisturbances({ minutes, nodes, random }: DisturbancePlanOptions): readonly Disturbance[] {
  const plan: Disturbance[] = [];
  let round: DisturbanceKind[] = [];
  for (let atMs = CALM_MS; atMs <= minutes * 60_000 - END_MS; atMs += between(PAUSE_MS, random)) {
    if (round.length === 0) round = shuffled(ROUND, random);
    const kind = round.pop()!;
    const node = Math.floor(random() * (kind === "agent" ? Math.max(1, nodes - 1) : nodes));
    plan.push({
      atMs: Math.round(atMs),
      kind,
      node,
      awayMs: kind === "agent" ? 0 : Math.round(between(AWAY_MS, random)),
    });
  }
  return plan;
}

function between({ least, most }: { readonly least: number; readonly most: number }, random: Random): number {
  return least + random() * (most - least);
}

function shuffled<T>(items: readonly T[], random: Random): T[] {
  return items.map((item) => ({ item, at: random() })).sort((a, b) => a.at - b.at).map(({ item }) => item);
}
