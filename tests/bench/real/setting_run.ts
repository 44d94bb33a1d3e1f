import { systemClock } from "../../../net/base/clock.ts";
import type { BenchPod } from "../bench_agent.ts";
import { type Cost, costOf } from "../counts.ts";
import { type PhaseOptions, type PhaseOutcome, runPhase, type Work } from "../phase.ts";
import { poolsOf } from "../pools.ts";
import { summaryOf } from "../stats.ts";
import { cpuMsOf, cpuPerOperation, type CpuTimes } from "./cpu_time.ts";
import type { Fleet } from "./fleet.ts";
import type { RealWorld } from "./real_world.ts";
import type { RealBench, RealPhase, RealRow, RealSetting } from "./setting.ts";

const realPhases: readonly RealPhase[] = ["create", "churn", "delete all", "node loss"];

/** Pause before a measurement in which watches get over what happened before, in milliseconds. */
const SETTLE_MS = 500;
/** Pause of a caller after a failure, in milliseconds. */
const RETRY_MS = 1000;

/** One setting while it is measured. */
export class SettingRun {
  readonly #bench: RealBench;
  readonly #setting: RealSetting;
  readonly #world: RealWorld;
  readonly #fleet: Fleet;
  /** Whether calls did not come to their end. */
  #isCutOff = false;

  constructor(bench: RealBench, parts: { setting: RealSetting; world: RealWorld; fleet: Fleet }) {
    this.#bench = bench;
    this.#setting = parts.setting;
    this.#world = parts.world;
    this.#fleet = parts.fleet;
  }

  /** Runs all phases, one after the other. */
  async all(): Promise<readonly RealRow[]> {
    const { pods, addresses, agents, filled = 0 } = this.#setting;
    const phases = this.#setting.phases ?? realPhases;
    const old = await this.#pods("old", pods);
    const created = await this.#run("create", { adds: old, dels: [] });
    const rows = [created.row];
    let held = created.outcome.added;
    if (phases.includes("churn")) {
      const churned = await this.#churn(held);
      rows.push(churned.row);
      held = churned.outcome.added;
    }
    if (phases.includes("delete all")) {
      await this.#world.terminate(held);
      rows.push((await this.#run("delete all", { adds: [], dels: held })).row);
    }
    const canLose = agents > 1 && addresses - filled > pods;
    if (phases.includes("node loss") && canLose) rows.push(await this.#loseNode());
    return rows;
  }

  async #churn(dels: readonly BenchPod[]) {
    const adds = await this.#pods("new", dels.length);
    await this.#world.terminate(dels);
    return await this.#run("churn", { adds, dels });
  }

  /** Half as many Pods ask on the nodes that survive; when a quarter of them have their addresses, a process of agents dies. */
  async #loseNode(): Promise<RealRow> {
    const { agents } = this.#fleet;
    const lost = this.#fleet.willDie(0);
    const survivors = [...agents.keys()].filter((i) => !lost.includes(i));
    const adds = await this.#pods("loss", Math.ceil(this.#setting.pods / 2), survivors);
    let left = Math.ceil(adds.length / 4);
    const killing = agents.map((agent) => ({
      ...agent,
      add: async (...args: Parameters<typeof agent.add>) => {
        await agent.add(...args);
        if (--left === 0) this.#fleet.kill(0);
      },
    }));
    return (await this.#run("node loss", { adds, dels: [] }, killing)).row;
  }

  /** Each Pod has an address of its own, and nobody else has one. @throws {Error} if not */
  async #check(phase: RealPhase, { added, unfinished }: PhaseOutcome): Promise<void> {
    this.#isCutOff ||= unfinished > 0 || phase === "node loss";
    if (this.#isCutOff) return; // who was cut off may hold something
    const { stack, filled = 0 } = this.#setting;
    for (const pool of Object.values(poolsOf(stack))) {
      const { records, count } = await this.#world.recordsOf(pool);
      const owners = Object.values(records).map(({ podUid }) => podUid);
      const isRight = owners.length === added.length + filled && count === owners.length &&
        added.every(({ uid }) => owners.includes(uid)) && new Set(owners).size === owners.length;
      if (!isRight) {
        throw new Error(`Cannot trust ${phase}: pool ${pool} holds ${owners.length} records, ${count} told`);
      }
    }
  }

  #pods(prefix: string, count: number, agents?: readonly number[]) {
    const { stack } = this.#setting;
    const nodes = agents ?? [...this.#fleet.agents.keys()];
    return this.#world.createPods({ prefix, count, agents: nodes, pools: poolsOf(stack) });
  }

  async #run(phase: RealPhase, work: Work, agents = this.#fleet.agents) {
    await systemClock.sleep(SETTLE_MS);
    await this.#fleet.reset();
    const [rssBefore, cpuBefore] = [this.#rss(), this.#cpu()];
    const outcome = await runPhase(agents, work, this.#options(work));
    const rssAfter = this.#rss();
    await this.#check(phase, outcome);
    const operations = Math.max(1, operationsOf(outcome).length);
    const cpuMs = cpuPerOperation(cpuBefore, this.#cpu(), operations);
    const cost = costOf(await this.#fleet.counts(), operations);
    return { outcome, row: this.#row(phase, { outcome, cost, cpuMs, rssBefore, rssAfter }) };
  }

  #options({ adds, dels }: Work): PhaseOptions {
    const lanes = adds.length > 0 && dels.length > 0 ? 2 : 1;
    const { limitMs } = this.#bench;
    return { concurrency: this.#setting.calls / lanes, over: "all nodes", retryMs: RETRY_MS, limitMs };
  }

  #row(
    phase: RealPhase,
    { outcome, cost, cpuMs, rssBefore, rssAfter }: {
      readonly outcome: PhaseOutcome;
      readonly cost: Cost;
      readonly cpuMs: CpuTimes;
      readonly rssBefore: number;
      readonly rssAfter: number;
    },
  ): RealRow {
    const { seconds, callMs, failures, failedDels, firstFailure, unfinished } = outcome;
    const operations = operationsOf(outcome);
    return {
      ...this.#setting,
      ...cost,
      cpuMs,
      phase,
      operations: operations.length,
      opsPerSecond: operations.length / seconds,
      failures,
      failedDels,
      firstFailure,
      unfinished,
      callMs: summaryOf(phase === "delete all" ? operations : callMs),
      successMs: summaryOf(operations),
      agentsPerProcess: this.#fleet.agentsPerProcess,
      rssBefore,
      rssAfter,
    };
  }

  #cpu(): CpuTimes {
    const { "kube-apiserver": apiServer, etcd } = this.#bench.api.pids;
    return {
      agents: this.#fleet.cpuMs(),
      apiServer: cpuMsOf(apiServer ?? 0),
      etcd: cpuMsOf(etcd ?? 0),
      callers: cpuMsOf("self"),
    };
  }

  #rss(): number {
    return Math.max(...this.#fleet.memory().map(({ rss }) => rss));
  }
}

function operationsOf({ addMs, delMs }: PhaseOutcome): readonly number[] {
  return addMs.length > 0 ? addMs : delMs;
}
