/** Agents in processes of their own, reached over their unix sockets as plugins reach them. */
import { join } from "node:path";
import { AgentUnreachableError, createAgentClient, unixExchange } from "../../../agent/api/mod.ts";
import { systemClock } from "../../../net/base/clock.ts";
import { type AddingAgent, attachmentOf, type BenchPod, makeMemoryFolder, poolNamesOf } from "../bench_agent.ts";
import { type Counts, sumCounts } from "../counts.ts";
import { AgentChild, type ProcessMemory } from "./agent_child.ts";
import { cpuMsOf } from "./cpu_time.ts";
import type { Command, CountsAnswer } from "./protocol.ts";

/** What the agents of a {@linkcode Fleet} need. */
export interface FleetOptions {
  /** One agent each, in this order. */
  readonly nodes: readonly { readonly nodeName: string; readonly address: string }[];
  /** Most processes; when there are more agents, several live in one. */
  readonly maxProcesses: number;
  readonly kubeconfig: string;
  /** File of the token that agents show each other. */
  readonly peerTokenPath: string;
  /** Path of the network namespace they run in. */
  readonly netns: string;
  /** Text of their `conf.yml`. */
  readonly conf: string;
  /** Path of the bundle; `bundleAgents` makes it. */
  readonly bundle: string;
  /** Gets sockets and journals. @default a folder in memory */
  readonly home?: string;
  /** Flags of V8. @default those of the shipped agent */
  readonly v8Flags?: string;
}

/** How long a caller waits for an answer, in milliseconds: the plugin's own patience. */
const CALL_TIMEOUT_MS = 100_000;

/** Time for an agent to serve, in milliseconds. */
const START_MS = 60_000;

/** Running agents, one for each node. */
export class Fleet implements AsyncDisposable {
  readonly agents: readonly AddingAgent[];
  /** Path of each agent's socket. */
  readonly sockets: readonly string[];
  readonly #processes: readonly AgentChild[];
  readonly #folder: string;

  private constructor(parts: {
    readonly sockets: readonly string[];
    readonly processes: readonly AgentChild[];
    readonly folder: string;
  }) {
    this.agents = parts.sockets.map(agentOn);
    this.sockets = parts.sockets;
    this.#processes = parts.processes;
    this.#folder = parts.folder;
  }

  /** Starts all agents and waits until they serve. */
  static async start(options: FleetOptions): Promise<Fleet> {
    const folder = options.home ?? await makeMemoryFolder();
    const { nodes, maxProcesses, conf } = options;
    const setups = nodes.map((node, i) => ({ ...node, socket: join(folder, String(i), "agent.sock"), conf }));
    const count = Math.min(maxProcesses, setups.length);
    const processes = Array.from({ length: count }, (_, k) => {
      return new AgentChild({ ...options, agents: setups.filter((_, i) => i % count === k) });
    });
    const fleet = new Fleet({ sockets: setups.map(({ socket }) => socket), processes, folder });
    try {
      await Promise.all(processes.map((process) => process.started));
      await Promise.all(setups.map(({ socket }) => served(socket)));
      return fleet;
    } catch (err) {
      await fleet[Symbol.asyncDispose]();
      throw err;
    }
  }

  /** How many agents live in one process at most. */
  get agentsPerProcess(): number {
    return Math.ceil(this.agents.length / this.#processes.length);
  }

  /** Requests of all agents since the last {@linkcode reset}; those of killed processes are lost. */
  async counts(): Promise<Counts> {
    const answers = await this.ask("counts");
    return sumCounts(answers.map((answer) => new Map(answer as CountsAnswer)));
  }

  /** Counts requests from zero. */
  async reset(): Promise<void> {
    await this.ask("reset");
  }

  /** Memory of each process that lives. */
  memory(): readonly ProcessMemory[] {
    return this.#living.map((process) => process.memory());
  }

  /** Asks each process that lives. */
  ask(command: Command): Promise<readonly unknown[]> {
    return Promise.all(this.#living.map((process) => process.ask(command)));
  }

  /** Processor time of all processes that live, in milliseconds. */
  cpuMs(): number {
    return this.#living.reduce((sum, { pid }) => sum + cpuMsOf(pid), 0);
  }

  /** Indexes of the agents that go when agent `index` does: those that live in its process. */
  willDie(index: number): readonly number[] {
    const count = this.#processes.length;
    return [...this.agents.keys()].filter((i) => i % count === index % count);
  }

  /** Ends the process of agent `index` as a power cut would. */
  kill(index: number): void {
    this.#processes[index % this.#processes.length]?.kill();
  }

  get #living(): readonly AgentChild[] {
    return this.#processes.filter(({ isKilled }) => !isKilled);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#processes.map((process) => process.end()));
    await Deno.remove(this.#folder, { recursive: true });
  }
}

/** Waits until an agent answers. @throws {AgentUnreachableError} if it does not within {@linkcode START_MS} */
async function served(socket: string): Promise<void> {
  const client = createAgentClient(unixExchange(socket, { timeoutMs: START_MS }));
  for (const untilMs = Date.now() + START_MS;;) {
    try {
      return await client.healthy();
    } catch (err) {
      if (!(err instanceof AgentUnreachableError) || Date.now() > untilMs) throw err;
    }
    await systemClock.sleep(50); // it has not made its socket yet
  }
}

/** One call is one connection, as it is of a plugin. */
function agentOn(socket: string): AddingAgent {
  const client = createAgentClient(unixExchange(socket, { timeoutMs: CALL_TIMEOUT_MS }));
  return {
    async add(pod: BenchPod) {
      await client.allocate({ ...attachmentOf(pod), ...poolNamesOf(pod) });
    },
    release: (pod) => client.release(attachmentOf(pod)),
  };
}
