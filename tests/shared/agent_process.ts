import { AgentUnreachableError, createAgentClient, unixExchange } from "../../agent/api/mod.ts";
import { freePort } from "../../net/base/free_port.ts";

/** How to start an agent. */
export interface AgentProcessOptions {
  readonly nodeName: string;
  /** Folder of its own: conf.yml, socket, journal and log are in it. */
  readonly folder: string;
  /** Path of a kubeconfig. */
  readonly kubeconfig: string;
  /** Members of conf.yml beside the socket's path. */
  readonly conf?: Readonly<Record<string, unknown>>;
  readonly env?: Readonly<Record<string, string>>;
  /** Program and first arguments. @default the source, by this Deno with all permissions */
  readonly command?: readonly string[] | undefined;
}

/** Time for an agent to serve its socket, in milliseconds: the machine may be busy, or its processor be emulated. */
const START_MS = 120_000;

/** Time for a line to get from the agent into the log file, in milliseconds. */
const LOG_MS = 60_000;

/** A real `spiderpool-agent daemon` process. */
export class AgentProcess {
  readonly socket: string;
  readonly logFile: string;
  readonly #options: AgentProcessOptions;
  #child: Deno.ChildProcess | undefined;

  constructor(options: AgentProcessOptions) {
    this.#options = options;
    this.socket = `${options.folder}/spiderpool.sock`;
    this.logFile = `${options.folder}/agent.log`;
  }

  /** Starts the process and waits until it serves. @throws {Error} with the end of its log if it does not */
  async start(): Promise<void> {
    const { folder } = this.#options;
    await Deno.mkdir(folder, { recursive: true });
    await Deno.writeTextFile(`${folder}/conf.yml`, this.#confText());
    this.#child = this.#spawn();
    await this.#untilServing();
  }

  /** Ends the process as a power cut would. */
  async kill(): Promise<void> {
    this.#child?.kill("SIGKILL");
    await this.#child?.status;
    this.#child = undefined;
  }

  /** Asks the process to end and waits for it. @returns its exit code */
  async stop(): Promise<number> {
    const child = this.#child;
    if (child === undefined) return 0;
    this.#child = undefined;
    try {
      child.kill("SIGTERM");
    } catch (err) {
      if (!(err instanceof TypeError)) throw err; // it ended by itself
    }
    return (await child.status).code;
  }

  /** Lines of its log, parsed; what is no JSON is left out. */
  async log(): Promise<Record<string, unknown>[]> {
    const lines = (await Deno.readTextFile(this.logFile)).split("\n");
    return lines.flatMap((line) => {
      try {
        return [JSON.parse(line)];
      } catch {
        return []; // not a log line: what the runtime itself says
      }
    });
  }

  /** The lines of its log that `test` holds for, as soon as there are `count`; fewer when they do not come in time. */
  async logged(
    test: (line: Record<string, unknown>) => boolean,
    { count }: { count: number },
  ): Promise<Record<string, unknown>[]> {
    const untilMs = Date.now() + LOG_MS;
    let lines = (await this.log()).filter(test);
    while (lines.length < count && Date.now() < untilMs) {
      await new Promise((resolve) => setTimeout(resolve, 10)); // the agent answers before it logs
      lines = (await this.log()).filter(test);
    }
    return lines;
  }

  #spawn(): Deno.ChildProcess {
    const { nodeName, folder, kubeconfig, env = {}, command = sourceCommand() } = this.#options;
    return new Deno.Command("sh", {
      // The shell gives the agent its log file and becomes it: the file is complete even when this process is not.
      args: ["-c", 'exec "$@" >>"$0" 2>&1', this.logFile, ...command, "daemon", "--config-path", `${folder}/conf.yml`],
      env: {
        KUBECONFIG: kubeconfig,
        SPIDERPOOL_LOG_LEVEL: "debug",
        SPIDERPOOL_POD_NAMESPACE: "kube-system",
        SPIDERPOOL_POD_NAME: `spiderpool-agent-${nodeName}`,
        SPIDERPOOL_NODE_NAME: nodeName,
        SPIDERPOOL_HEALTH_PORT: String(freePort()),
        SPIDERPOOL_GOPS_LISTEN_PORT: "", // agents of one machine would want the same one
        ...env,
      },
      stdin: "null",
    }).spawn();
  }

  #confText(): string {
    const defaults = { enableIPv4: true, enableIPv6: true, enableStatefulSet: true, tuneSysctlConfig: false };
    return JSON.stringify({ ipamUnixSocketPath: this.socket, ...defaults, ...this.#options.conf });
  }

  async #untilServing(): Promise<void> {
    const untilMs = Date.now() + START_MS;
    const ended = this.#child?.status.then(() => true);
    while (Date.now() < untilMs) {
      if (await isServing(this.socket)) return;
      const pause = new Promise<false>((resolve) => setTimeout(() => resolve(false), 20));
      if (await Promise.race([ended, pause])) break;
    }
    const text = await Deno.readTextFile(this.logFile).catch(() => "");
    throw new Error(`Cannot start the agent of node "${this.#options.nodeName}":\n${text.slice(-2000)}`);
  }
}

function sourceCommand(): readonly string[] {
  const main = new URL("../../agent/main.ts", import.meta.url).pathname;
  return [Deno.execPath(), "run", "--quiet", "--cached-only", "-A", main];
}

/** Asks the agent: it answers only when its IPAM is ready. */
async function isServing(path: string): Promise<boolean> {
  try {
    await createAgentClient(unixExchange(path, { timeoutMs: START_MS })).healthy();
    return true;
  } catch (err) {
    if (err instanceof AgentUnreachableError) return false;
    throw err;
  }
}
