import { executables } from "../../../scripts/build/executables.ts";
import { runFlags } from "../../../scripts/build/launcher.ts";
import { memoryVariables } from "../../../scripts/build/memory.ts";
import { type AgentProcessSetup, type Command, lineOf, linesOf } from "./protocol.ts";

/** Memory of one process, in bytes. */
export interface ProcessMemory {
  readonly rss: number;
  /** The most that `rss` ever was. */
  readonly peak: number;
}

/** What a process of agents is started with. */
export interface AgentChildOptions extends AgentProcessSetup {
  /** Path of the network namespace it runs in. */
  readonly netns: string;
  /** Path of the bundle; `bundleAgents` makes it. */
  readonly bundle: string;
  /** Flags of V8. @default those of the shipped agent */
  readonly v8Flags?: string;
}

/** One process of agents, as the fleet sees it from outside. */
export class AgentChild {
  /** Resolves when its agents were told to start. */
  readonly started: Promise<void>;
  readonly #child: Deno.ChildProcess;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly #answers: AsyncGenerator<string, void, undefined>;
  /** Questions are answered one after the other. */
  #turn: Promise<unknown> = Promise.resolve();
  isKilled = false;

  constructor({ agents, netns, bundle, kubeconfig, peerTokenPath, v8Flags }: AgentChildOptions) {
    const flags = [...runFlags, "--allow-all", `--v8-flags=${v8Flags ?? shippedFlags()}`];
    this.#child = new Deno.Command("nsenter", {
      args: [`--net=${netns}`, "--", Deno.execPath(), "run", ...flags, bundle],
      env: memoryVariables,
      stdin: "piped",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    this.#writer = this.#child.stdin.getWriter();
    this.#answers = linesOf(this.#child.stdout);
    this.started = this.#exchange({ kubeconfig, peerTokenPath, agents } satisfies AgentProcessSetup).then(() =>
      undefined
    );
    this.#turn = this.started;
  }

  /** Asks the process; questions are answered one after the other. */
  ask(command: Command): Promise<unknown> {
    const answer = this.#turn.then(() => this.#exchange(command));
    this.#turn = answer.catch(() => undefined);
    return answer;
  }

  get pid(): number {
    return this.#child.pid;
  }

  /** @throws {Deno.errors.NotFound} if it has ended */
  memory(): ProcessMemory {
    const text = Deno.readTextFileSync(`/proc/${this.#child.pid}/status`);
    return { rss: kibOf("VmRSS", text) * 1024, peak: kibOf("VmHWM", text) * 1024 };
  }

  /** Ends it as a power cut would. */
  kill(): void {
    this.isKilled = true;
    this.#child.kill("SIGKILL");
  }

  /** Tells it to end and waits until it has. */
  async end(): Promise<void> {
    await this.#writer.close().catch(() => undefined); // tells it to end; it may have been killed
    await this.#child.status;
    await this.#answers.return();
  }

  async #exchange(message: unknown): Promise<unknown> {
    await this.#writer.write(lineOf(message));
    const { value } = await this.#answers.next();
    if (value === undefined) throw new Error("Cannot go on: a process of agents ended");
    return JSON.parse(value);
  }
}

function kibOf(field: string, status: string): number {
  return Number(new RegExp(`^${field}:\\s+(\\d+) kB$`, "m").exec(status)?.[1] ?? NaN);
}

function shippedFlags(): string {
  return executables.find(({ name }) => name === "spiderpool-agent")?.v8Flags?.join(",") ?? "";
}
