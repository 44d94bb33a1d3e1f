import type { KubeTransport } from "../../crd/kube/contract.ts";
import { createIpam, type Ipam, type IpamConfig, type Journal } from "../../agent/ipam/mod.ts";
import { silentLog } from "../../net/base/log.ts";
import type { IpamAddArgs, IpamAddResponse, IpamDelArgs } from "../../agent/api/types.ts";
import type { IpamService } from "../../agent/api/service.ts";
import type { Dice } from "./dice.ts";
import type { FaultRates } from "./faults.ts";
import { AgentDownError, type NodeRuntime } from "./node_runtime.ts";
import { Process } from "./process.ts";
import type { SimClock } from "./sim_clock.ts";
import { JournalDisk, simJournal } from "./sim_journal.ts";
import { SimTransport } from "./sim_transport.ts";
import type { Trace } from "./trace.ts";

/** Deliberate damage, to see whether the checker notices it. */
export interface AgentMutation {
  readonly transport?: (transport: KubeTransport, clock: SimClock) => KubeTransport;
  readonly journal?: (journal: Journal) => Journal;
}

/** What a {@linkcode SimAgent} works with. */
export interface SimAgentDeps {
  readonly name: string;
  readonly api: KubeTransport;
  readonly clock: SimClock;
  readonly dice: Dice;
  readonly trace: Trace;
  readonly rates: () => FaultRates;
  readonly mutation: AgentMutation;
}

/** What all agents of the simulation are configured as. */
export const agentConfig: Omit<IpamConfig, "nodeName"> = {
  features: {
    enableIPv4: true,
    enableIPv6: true,
    enableSpiderSubnet: false,
    enableAutoPool: false,
    enableStatefulSet: true,
    enableKubevirt: false,
  },
  agentNamespace: "kube-system",
  enableIPConflictDetection: false,
  enableGatewayDetection: false,
  deadlineMs: 30_000,
  waitForFreeMs: 1_000,
  maxHistory: 5,
};

/** The real agent of one node: killed now and then, and started again with the journal it left. */
export class SimAgent implements NodeRuntime {
  readonly isOurs = true;
  readonly name: string;
  readonly disk = new JournalDisk();
  readonly #deps: SimAgentDeps;
  #process: Process | undefined;
  /** Absent until the agent is ready. */
  #service: IpamService | undefined;
  #lives = 0;

  constructor(deps: SimAgentDeps) {
    this.#deps = deps;
    this.name = deps.name;
  }

  /** Starts a new life. */
  start(): void {
    const { name, clock, trace } = this.#deps;
    const process = this.#process = new Process();
    const life = ++this.#lives;
    trace.add(name, `starts, life ${life}`);
    const ipam = this.#build(process, life);
    void ipam.run(new AbortController().signal);
    void this.#becomeReady(process, ipam);
    process.onKill(() => {
      trace.add(name, "killed");
      this.#process = this.#service = undefined;
      void clock.sleep(this.#pauseMs()).then(() => this.start());
    });
  }

  /** Kills the agent at its `steps`-th step from now. */
  killSoon(steps: number, onKill?: () => void): void {
    this.#process?.light(steps);
    if (onKill !== undefined) this.#process?.onKill(onKill);
  }

  add(args: IpamAddArgs, signal: AbortSignal): Promise<IpamAddResponse> {
    return this.#call((service) => service.add(args, signal), signal);
  }

  release(args: IpamDelArgs, signal: AbortSignal): Promise<void> {
    return this.#call((service) => service.release(args, signal), signal);
  }

  /** As the daemon does: requests are served when the cluster was read once. */
  async #becomeReady(process: Process, ipam: Ipam): Promise<void> {
    const { clock, trace, name } = this.#deps;
    for (;;) {
      try {
        await process.guard(ipam.ready(new AbortController().signal));
        trace.add(name, "ready");
        this.#service = ipam.service;
        return;
      } catch {
        await process.guard(clock.sleep(500));
      }
    }
  }

  #build(process: Process, life: number): Ipam {
    const { name, api, clock, trace, rates, mutation } = this.#deps;
    const dice = this.#deps.dice.fork(`life ${life}`);
    const { transport = same, journal = same } = mutation;
    const shared = { process, clock, trace };
    return createIpam({
      transport: transport(
        new SimTransport({ ...shared, api, client: name, rates, dice: dice.fork("net") }),
        clock,
      ),
      journal: journal(simJournal({ ...shared, node: name, disk: this.disk, dice: dice.fork("disk") })),
      config: { ...agentConfig, nodeName: name },
      clock: process.clock(clock),
      random: dice.fork("agent").random,
      log: silentLog,
      maxAllocatedIPs: 5000,
    });
  }

  /** One call over the node's socket: it breaks when the agent dies or the caller hangs up. */
  async #call<T>(call: (service: IpamService) => Promise<T>, signal: AbortSignal): Promise<T> {
    const { clock, dice, name } = this.#deps;
    await clock.sleep(dice.exponential(0.3));
    const [process, service] = [this.#process, this.#service];
    if (process === undefined || service === undefined) throw new AgentDownError(name);
    signal.throwIfAborted();
    const answered = call(service).then(
      async (answer) => (await clock.sleep(dice.exponential(0.3)), answer),
    );
    answered.catch(() => undefined);
    return await Promise.race([answered, process.ended, hungUp(signal)]);
  }

  #pauseMs(): number {
    const { dice } = this.#deps;
    return dice.chance(0.6) ? dice.between(5, 300) : dice.between(300, 8_000);
  }
}

function hungUp(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason), { once: true }));
}

function same<T>(value: T): T {
  return value;
}
