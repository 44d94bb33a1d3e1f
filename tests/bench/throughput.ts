import { type AgentMaker, spiderpoolAgent } from "./bench_agent.ts";
import { upstreamLikeAgent } from "./baseline.ts";
import type { Via } from "./bench_api.ts";
import { type Cost, costOf, type Counts, poolPutsOf } from "./counts.ts";
import { type PhaseOptions, type PhaseOutcome, runPhase } from "./phase.ts";
import { poolsOf, sizedPools, type Stack } from "./pools.ts";
import { type Summary, summaryOf } from "./stats.ts";
import { World } from "./world.ts";

/** Who allocates: this project, or the model of upstream's algorithm. */
export type Algorithm = "spiderpool" | "upstream-like";

/** What is measured: all Pods ask, every Pod of a full pool leaves while another one asks, all leave. */
export type PhaseName = "create" | "churn" | "delete all";

/** One setting. */
export interface Setting {
  readonly algorithm: Algorithm;
  readonly via: Via;
  readonly agents: number;
  readonly stack: Stack;
}

/** One row: one phase of one setting. In `churn` an operation is an ADD together with the DEL that makes room. */
export interface ThroughputRow extends Setting, Cost {
  readonly phase: PhaseName;
  readonly operations: number;
  readonly opsPerSecond: number;
  /** Of ADDs; of DELs where there are none. */
  readonly latencyMs: Summary;
  readonly failures: number;
  readonly firstFailure: string | undefined;
  readonly unfinished: number;
}

/** How much is measured. */
export interface ThroughputOptions {
  /** Pods that ask in each phase. */
  readonly pods: number;
  readonly phase: PhaseOptions;
}

const makers: Readonly<Record<Algorithm, AgentMaker>> = {
  "spiderpool": spiderpoolAgent,
  "upstream-like": upstreamLikeAgent,
};

/** All settings, those to compare beside each other. */
export function throughputSettings(): readonly Setting[] {
  const [vias, stacks, agentCounts] = [["in-process", "http"], ["IPv4", "dual"], [1, 10, 40]] as const;
  return vias.flatMap((via) =>
    stacks.flatMap((stack) =>
      agentCounts.flatMap((agents) =>
        (["spiderpool", "upstream-like"] as const).map((algorithm) => ({ algorithm, via, agents, stack }))
      )
    )
  );
}

/** Runs the three phases of one setting on one pool a family, which holds exactly the Pods of one phase. */
export async function measureThroughput(
  setting: Setting,
  { pods, phase }: ThroughputOptions,
): Promise<readonly ThroughputRow[]> {
  const set = { count: pods, pools: poolsOf(setting.stack) };
  await using world = await World.create({
    via: setting.via,
    agentMaker: makers[setting.algorithm],
    agents: setting.agents,
    pools: sizedPools(setting.stack, pods),
    podSets: { old: set, new: set },
  });
  await world.settle();
  const created = counted(world, await runPhase(world.agents, { adds: world.pods("old"), dels: [] }, phase));
  await world.terminate(created.added);
  await world.settle();
  const churning = { adds: world.pods("new"), dels: created.added };
  const churned = counted(world, await runPhase(world.agents, churning, phase));
  await world.terminate(churned.added);
  await world.settle();
  const deleted = counted(world, await runPhase(world.agents, { adds: [], dels: churned.added }, phase));
  return [
    rowOf(setting, "create", created),
    rowOf(setting, "churn", churned),
    rowOf(setting, "delete all", deleted),
  ];
}

/** What a burst of ADDs costs on one node. */
export interface BurstRow extends Pick<Setting, "algorithm" | "via"> {
  readonly adds: number;
  readonly poolWrites: number;
  readonly milliseconds: number;
}

/** Starts `adds` ADDs on one node at the same moment. */
export async function measureBurst(
  { algorithm, via }: Pick<Setting, "algorithm" | "via">,
  { adds, phase }: { readonly adds: number; readonly phase: PhaseOptions },
): Promise<BurstRow> {
  await using world = await World.create({
    via,
    agentMaker: makers[algorithm],
    agents: 1,
    pools: sizedPools("IPv4", adds),
    podSets: { burst: { count: adds, pools: poolsOf("IPv4") } },
  });
  await world.settle();
  const outcome = await runPhase(world.agents, { adds: world.pods("burst"), dels: [] }, {
    ...phase,
    concurrency: adds,
  });
  if (outcome.unfinished > 0) throw new Error(unfinishedText(outcome));
  return { algorithm, via, adds, poolWrites: poolPutsOf(world.counts()), milliseconds: outcome.seconds * 1000 };
}

/** An outcome with the requests it took. */
type CountedOutcome = PhaseOutcome & { readonly counts: Counts };

function counted(world: World, outcome: PhaseOutcome): CountedOutcome {
  return { ...outcome, counts: world.counts() };
}

function rowOf(setting: Setting, phase: PhaseName, outcome: CountedOutcome): ThroughputRow {
  const { addMs, delMs, seconds, counts, failures, firstFailure, unfinished } = outcome;
  const latencies = phase === "delete all" ? delMs : addMs;
  if (latencies.length === 0) throw new Error(unfinishedText(outcome));
  return {
    ...setting,
    phase,
    operations: latencies.length,
    opsPerSecond: latencies.length / seconds,
    latencyMs: summaryOf(latencies),
    failures,
    firstFailure,
    unfinished,
    ...costOf(counts, latencies.length),
  };
}

function unfinishedText({ unfinished, seconds, firstFailure = "no request failed" }: PhaseOutcome): string {
  return `Cannot measure: ${unfinished} operations were not done in ${
    seconds.toFixed(1)
  } s; first failure: ${firstFailure}`;
}
