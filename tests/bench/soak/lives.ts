import type { AgentSample } from "./agent_samples.ts";

/** The samples of one process of an agent, oldest first. */
export interface AgentLife {
  readonly node: string;
  readonly pid: number;
  readonly samples: readonly AgentSample[];
}

/** What became of a life between its first minute and its end. */
export interface LifeGrowth {
  readonly node: string;
  readonly minutes: number;
  readonly first: AgentSample;
  readonly last: AgentSample;
}

/** How old a process is when it is compared with its end, in milliseconds. */
const SETTLED_MS = 60_000;

/** Puts the samples of each process together. */
export function livesOf(samples: readonly AgentSample[]): readonly AgentLife[] {
  const byProcess = Map.groupBy(samples, ({ node, pid }) => `${node} ${pid}`);
  return [...byProcess.values()].map((own) => ({ node: own[0]!.node, pid: own[0]!.pid, samples: own }));
}

/** Compares a life's end with its state after its first minute; nothing if it was not at least two minutes long. */
export function growthOf({ node, samples }: AgentLife): LifeGrowth | undefined {
  const [born, last] = [samples[0], samples.at(-1)];
  if (born === undefined || last === undefined || last.atMs - born.atMs < 2 * SETTLED_MS) return undefined;
  const first = samples.find(({ atMs }) => atMs - born.atMs >= SETTLED_MS)!;
  return { node, minutes: (last.atMs - born.atMs) / 60_000, first, last };
}
