import { createIpam, type Ipam, type PeerOptions } from "../../agent/ipam/mod.ts";
import { silentLog } from "../../net/base/log.ts";
import type {
  IpamAddArgs,
  IpamAddResponse,
  IpamBatchDelArgs,
  IpamDelArgs,
  WorkloadEndpointStatus,
} from "../../agent/api/types.ts";
import type { LifeNote, PeerExchange } from "../../agent/peer/mod.ts";
import type { IpamService } from "../../agent/api/service.ts";
import { agentConfig } from "./agent_config.ts";
import type { SimAgentDeps } from "./sim_agent_deps.ts";
import { AgentDownError, type NodeRuntime } from "./node_runtime.ts";
import { Process } from "./process.ts";
import { JournalDisk, simJournal } from "./sim_journal.ts";
import { SimTransport } from "./sim_transport.ts";

/** How long a peer may work on a request, in milliseconds. */
const PEER_TIMEOUT_MS = 1000;

/** The real agent of one node: killed now and then, and started again with the journal it left. */
export class SimAgent implements NodeRuntime {
  readonly isOurs = true;
  readonly name: string;
  readonly disk = new JournalDisk();
  readonly #deps: SimAgentDeps;
  #process: Process | undefined;
  /** Absent until the agent is ready. */
  #service: IpamService | undefined;
  /** Outlives the processes, as the disk does. */
  #peerLifeMs: number | undefined;
  #lives = 0;
  #skewMs: number;

  constructor(deps: SimAgentDeps) {
    this.#deps = deps;
    this.#skewMs = deps.skewMs;
    this.name = deps.name;
  }

  /** Starts a new life. */
  start(): void {
    const { name, clock, trace, peers } = this.#deps;
    const process = this.#process = new Process();
    const life = ++this.#lives;
    trace.add(name, `starts, life ${life}`);
    const ipam = this.#build(process, life);
    if (ipam.committer !== undefined) peers?.listen(name, { process, committer: ipam.committer });
    void ipam.run(new AbortController().signal);
    void this.#becomeReady(process, ipam);
    process.onKill(() => {
      trace.add(name, "killed");
      this.#process = this.#service = undefined;
      peers?.setReady(name, false);
      void clock.sleep(this.#pauseMs()).then(() => this.start());
    });
  }

  /** Somebody sets the node's clock. */
  stepClock(ms: number): void {
    this.#skewMs += ms;
  }

  /** Kills the agent at its `steps`-th step from now. */
  killSoon(steps: number, onKill?: () => void): void {
    this.#process?.light(steps);
    if (onKill !== undefined) this.#process?.onKill(onKill);
  }

  /** Takes back what {@linkcode killSoon} announced. */
  spare(): void {
    this.#process?.light(Infinity);
  }

  add(args: IpamAddArgs, signal: AbortSignal): Promise<IpamAddResponse> {
    const name = `ADD ${args.containerID} ${args.ifName}`;
    return this.#call((service) => service.add(args, signal), { name, signal });
  }

  release(args: IpamDelArgs, signal: AbortSignal): Promise<void> {
    const name = `DEL ${args.containerID} ${args.ifName}`;
    return this.#call((service) => service.release(args, signal), { name, signal });
  }

  conflict(args: IpamBatchDelArgs, signal: AbortSignal): Promise<void> {
    return this.#call((service) => service.releaseBatch(args, signal), {
      name: `conflict ${args.containerID}`,
      signal,
    });
  }

  endpoint(key: { namespace: string; name: string }, signal: AbortSignal): Promise<WorkloadEndpointStatus | undefined> {
    return this.#call((service) => service.endpoint(key, signal), { name: `CHECK ${key.name}`, signal });
  }

  /** As the daemon does: requests are served when the cluster was read once. */
  async #becomeReady(process: Process, ipam: Ipam): Promise<void> {
    const { clock, trace, name } = this.#deps;
    for (;;) {
      try {
        await process.guard(ipam.ready(new AbortController().signal));
        trace.add(name, "ready");
        this.#deps.peers?.setReady(name, true);
        this.#service = (this.#deps.mutation.service ?? same)(ipam.service);
        return;
      } catch {
        await process.guard(clock.sleep(500));
      }
    }
  }

  #build(process: Process, life: number): Ipam {
    const { name, api, clock, dice, fates, partitions, drag, trace, rates, mutation } = this.#deps;
    const { transport = same, journal = same } = mutation;
    const shared = { process, clock, trace };
    return createIpam({
      transport: transport(new SimTransport({ ...shared, api, client: name, rates, fates, partitions, drag }), clock),
      journal: journal(simJournal({ ...shared, node: name, disk: this.disk, dice })),
      config: { ...agentConfig, nodeName: name },
      clock: process.clock(clock, () => this.#skewMs),
      ...this.#peers(process, life),
      random: dice.at(`${name} life ${life}`).random,
      log: silentLog,
      maxAllocatedIPs: 5000,
      withEvents: false, // they change nothing that is checked here
    });
  }

  #peers(process: Process, life: number): { readonly peers?: PeerOptions } {
    const { name, clock, peers, mutation: { exchange = same } } = this.#deps;
    if (peers === undefined) return {};
    const startMs = clock.now();
    let epochs = 0;
    return {
      peers: {
        directory: peers.directoryOf(name),
        exchange: exchange(whileAlive(peers.exchangeOf(name), process)),
        timeoutMs: PEER_TIMEOUT_MS,
        note: this.#note(),
        monotonic: () => clock.now() - startMs,
        newEpoch: () => `${name}-${life}-${++epochs}`,
      },
    };
  }

  #note(): LifeNote {
    return {
      read: () => this.#peerLifeMs,
      write: (ms) => void (this.#peerLifeMs = ms),
      keptMs: () => Infinity, // no node is ever started again
    };
  }

  /** One call over the node's socket: it breaks when the agent dies or the caller hangs up. */
  async #call<T>(
    call: (service: IpamService) => Promise<T>,
    { name, signal }: { name: string; signal: AbortSignal },
  ): Promise<T> {
    const { clock, dice } = this.#deps;
    const { random } = dice.next(`${this.name} ${name}`);
    await clock.sleep(random());
    const [process, service] = [this.#process, this.#service];
    if (process === undefined || service === undefined) throw new AgentDownError(this.name);
    signal.throwIfAborted();
    const answered = call(service).then(
      async (answer) => (await clock.sleep(random()), answer),
    );
    answered.catch(() => undefined);
    return await Promise.race([answered, process.ended, hungUp(signal)]);
  }

  #pauseMs(): number {
    const dice = this.#deps.dice.next(`${this.name} restarts`);
    return dice.chance(0.6) ? dice.between(5, 300) : dice.between(300, 8_000);
  }
}

/** The way to the peers as `process` has it: a dead one hears no answer, and sends nothing more. */
function whileAlive(exchange: PeerExchange, process: Process): PeerExchange {
  return {
    send: (...args) => process.isAlive ? process.guard(exchange.send(...args)) : new Promise(() => undefined),
  };
}

function hungUp(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason), { once: true }));
}

function same<T>(value: T): T {
  return value;
}
