/** A soak: a cluster under churn, in which agents, kubelets and the API server die; at the end everything must fit together. */
import { systemClock } from "../../../net/base/clock.ts";
import { type Random, seededRandom } from "../../../net/base/random.ts";
import { Bed } from "../../e2e/bed.ts";
import { assertSettled } from "../../e2e/checker.ts";
import { diagnose } from "../../e2e/diagnosis.ts";
import { rolledOut } from "../../e2e/rollout.ts";
import { tasksOf } from "../../e2e/sandboxes.ts";
import { allFree, install } from "../../e2e/steps/install.ts";
import { PATIENT } from "../../e2e/patience.ts";
import { NAMESPACE } from "../../e2e/workload.ts";
import { type AgentSample, sampleAgent } from "./agent_samples.ts";
import { churn, type ChurnOutcome, soakDeployments, soakNames, soakObjects } from "./churn.ts";
import { type Disturbance, planDisturbances } from "./disturbances.ts";
import { PodWatch } from "./pod_watch.ts";

/** How a soak is to be. */
export interface SoakOptions {
  /** Length of the churn. */
  readonly minutes: number;
  readonly seed: number;
  readonly say: (line: string) => void;
}

/** What came of it; that it came to its end says that the checker found nothing. */
export interface SoakOutcome {
  readonly minutes: number;
  readonly seed: number;
  readonly churn: ChurnOutcome;
  readonly pods: { readonly seen: number; readonly ran: number };
  readonly disturbances: readonly Disturbance[];
  readonly samples: readonly AgentSample[];
  /** From the end of the churn until the checker found nothing, in milliseconds. */
  readonly settledMs: number;
}

/** Between two looks at the agents, and at the Pods, in milliseconds. */
const SAMPLE_MS = 10_000;
const POD_LOOK_MS = 2_000;

/** Starts a cluster, installs, and soaks. @throws {Error} with the state of the cluster if anything does not fit together */
export async function soak(options: SoakOptions): Promise<SoakOutcome> {
  await using bed = await Bed.start("bundle");
  try {
    await install.run(bed);
    return await soakBed(bed, options);
  } catch (err) {
    const reason = err instanceof Error ? err.message : String(err);
    throw new Error(`${reason}\n\n${await diagnose(bed)}`, { cause: err });
  }
}

async function soakBed(bed: Bed, { minutes, seed, say }: SoakOptions): Promise<SoakOutcome> {
  await bed.apply(...soakObjects, ...soakDeployments);
  for (const name of soakNames) await rolledOut(bed, name);
  const disturbances = planDisturbances({ minutes, nodes: bed.cluster.nodes.length, random: seededRandom(seed) });
  say(`churn for ${minutes} minutes, ${disturbances.length} deaths, seed ${seed}`);
  const run = new SoakRun(bed, { minutes, say });
  const outcome = await run.all(disturbances, seededRandom(seed + 1));
  const startedMs = performance.now();
  await settle(bed);
  const settledMs = performance.now() - startedMs;
  await run.sample();
  await clear(bed);
  const pods = { seen: run.pods.seen, ran: run.pods.ran };
  return { minutes, seed, churn: outcome, pods, disturbances: run.disturbances, samples: run.samples, settledMs };
}

/** One churn while it goes on. */
class SoakRun {
  readonly samples: AgentSample[] = [];
  /** Those that came to pass, with their real times. */
  readonly disturbances: Disturbance[] = [];
  readonly pods = new PodWatch();
  readonly #bed: Bed;
  readonly #say: SoakOptions["say"];
  readonly #startMs = performance.now();
  readonly #over: AbortSignal;

  constructor(bed: Bed, { minutes, say }: Pick<SoakOptions, "minutes" | "say">) {
    this.#bed = bed;
    this.#say = say;
    this.#over = AbortSignal.timeout(minutes * 60_000);
  }

  /** Churns, kills and looks, all at the same time, until the time is over. */
  async all(disturbances: readonly Disturbance[], random: Random): Promise<ChurnOutcome> {
    const sleep = (ms: number) => systemClock.sleep(ms, this.#over).catch(() => undefined);
    const [outcome] = await Promise.all([
      churn(this.#bed, { random, sleep, signal: this.#over }),
      this.#disturb(disturbances, sleep),
      this.#every(SAMPLE_MS, () => this.sample()),
      this.#every(POD_LOOK_MS, () => this.pods.look(this.#bed.cluster)),
    ]);
    return outcome;
  }

  /** Looks at all agents. */
  async sample(): Promise<void> {
    for (const node of this.#bed.cluster.nodes) {
      try {
        const sample = await sampleAgent(node, this.#atMs());
        if (sample !== undefined) this.samples.push(sample);
      } catch (err) {
        this.#say(`cannot look at the agent of ${node.name} now: ${err}`); // a file may be half written: the next look tells
      }
    }
  }

  #atMs(): number {
    return Math.round(performance.now() - this.#startMs);
  }

  async #every(ms: number, look: () => Promise<unknown>): Promise<void> {
    while (!this.#over.aborted) {
      await look();
      await systemClock.sleep(ms, this.#over).catch(() => undefined);
    }
  }

  async #disturb(disturbances: readonly Disturbance[], sleep: (ms: number) => Promise<void>): Promise<void> {
    for (const disturbance of disturbances) {
      await sleep(disturbance.atMs - this.#atMs());
      if (this.#over.aborted) return; // the ones before took long
      const real = { ...disturbance, atMs: this.#atMs() };
      this.#say(textOf(real));
      this.disturbances.push(real);
      await disturb(this.#bed, disturbance);
    }
  }
}

/** A disturbance in words. */
export function textOf({ atMs, kind, node, awayMs }: Disturbance): string {
  const who = kind === "api-server" ? "API server and etcd" : `${kind} of node ${node + 1}`;
  const away = kind === "agent" ? "" : `, away for ${(awayMs / 1000).toFixed(1)} s`;
  return `${(atMs / 60_000).toFixed(1)} min: ${who} killed${away}`;
}

/** Kills, waits, and starts again what nobody else starts. */
async function disturb({ cluster }: Bed, { kind, node: index, awayMs }: Disturbance): Promise<void> {
  const node = cluster.nodes[index]!;
  switch (kind) {
    case "agent": {
      const agent = (await tasksOf(node)).find(({ container }) => container === "spiderpool-agent");
      if (agent?.pid !== undefined) await node.execFreely("kill", "-9", String(agent.pid));
      return;
    }
    case "kubelet":
      await node.stop("kubelet", { signal: "SIGKILL" });
      await systemClock.sleep(awayMs);
      return await node.startKubelet();
    case "api-server":
      await cluster.stopControlPlane();
      await systemClock.sleep(awayMs);
      return await cluster.startControlPlane();
    default:
      return kind satisfies never;
  }
}

/** Brings the Deployments back to their size, and waits until everything fits together. */
async function settle(bed: Bed): Promise<void> {
  await bed.apply(...soakDeployments);
  for (const name of soakNames) await rolledOut(bed, name);
  await assertSettled(bed.cluster);
}

/** Removes everything; no address may stay in use. */
async function clear(bed: Bed): Promise<void> {
  for (const name of soakNames) await bed.kubectl(["-n", NAMESPACE, "delete", "deployment", name, PATIENT]);
  await allFree(bed);
  await bed.delete(...soakObjects);
}
