/** A daemon for tests: real sockets, and an IPAM that answers as told. */
import { systemClock } from "../net/base/clock.ts";
import { type Log, type LogFields, silentLog } from "../net/base/log.ts";
import { freePort } from "../net/base/free_port.ts";
import type { AgentClient, IpamAddArgs, IpamService } from "./api/mod.ts";
import { createAgentClient, unixExchange } from "./api/mod.ts";
import { parseConf } from "./config/conf.ts";
import { parseEnvironment } from "./config/environment.ts";
import { type DaemonDeps, runDaemon, type RunningIpam } from "./daemon.ts";

/** An IPAM that gives everybody nothing. */
export const emptyService: IpamService = {
  add: () => Promise.resolve({ ips: [], routes: null }),
  release: () => Promise.resolve(),
  releaseBatch: () => Promise.resolve(),
  endpoint: () => Promise.resolve(undefined),
  explain: () => Promise.resolve(undefined),
};

/** What a test's daemon is like. */
export interface DaemonOptions extends Partial<Pick<DaemonDeps, "clock" | "sysctls" | "trim">> {
  /** Of its Pod. @default "agent" */
  readonly podName?: string;
  /** @default true */
  readonly ready?: boolean;
  /** What happens, in order: "created", "handed over", "closed", and lines of its log that begin with "log ". */
  readonly events?: string[];
  readonly service?: Partial<IpamService>;
  /** Ends the start of IPAM. @default at once */
  readonly created?: Promise<void>;
  /** Ends the end of IPAM. @default at once */
  readonly closed?: Promise<void>;
  /** Members of conf.yml. */
  readonly conf?: Readonly<Record<string, unknown>>;
  /** @default a free one */
  readonly port?: number;
}

/** A daemon that was started. */
export interface TestDaemon {
  readonly path: string;
  readonly port: number;
  readonly events: readonly string[];
  readonly client: AgentClient;
  readonly ended: Promise<void>;
  /** Resolves when its log has a line with that message. */
  logged(message: string): Promise<void>;
  stop(): void;
}

/** Starts a daemon with its socket in `folder`. */
export function launchDaemon(folder: string, options: DaemonOptions = {}): TestDaemon {
  const { events = [], port = freePort(), clock = systemClock, conf = {}, sysctls, trim } = options;
  const path = `${folder}/run/agent.sock`;
  const stop = new AbortController();
  const lines = new LogLines(events);
  const ended = runDaemon({
    conf: parseConf(JSON.stringify({ enableIPv4: true, ipamUnixSocketPath: path, ...conf })).conf,
    environment: environmentOf({ port, podName: options.podName ?? "agent" }),
    clock,
    log: lines.log,
    createIpam: async ({ signal }) => await createTestIpam(signal, { ...options, events }),
    stop: stop.signal,
    trim,
    ...(sysctls !== undefined && { sysctls }),
  });
  ended.catch(() => undefined);
  const client = createAgentClient(unixExchange(path, { timeoutMs: 30_000 }));
  return { path, port, events, client, ended, logged: (line) => lines.seen(line), stop: () => stop.abort() };
}

/** Starts a daemon, and waits until it serves. */
export async function startDaemon(folder: string, options: DaemonOptions = {}): Promise<TestDaemon> {
  const daemon = launchDaemon(folder, options);
  await Promise.race([daemon.logged("serves"), daemon.ended]);
  return daemon;
}

async function createTestIpam(signal: AbortSignal, options: DaemonOptions): Promise<RunningIpam> {
  const { events = [], created, closed, ready = true, service } = options;
  events.push("created");
  await Promise.race([
    created,
    new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason))),
  ]);
  return {
    service: { ...emptyService, ...service },
    ready: () => ready,
    handOver: () => Promise.resolve(void events.push("handed over")),
    async close() {
      await closed;
      events.push("closed");
    },
  };
}

function environmentOf({ port, podName }: { port: number; podName: string }) {
  const variables: Record<string, string> = {
    SPIDERPOOL_POD_NAMESPACE: "kube-system",
    SPIDERPOOL_POD_NAME: podName,
    SPIDERPOOL_NODE_NAME: "n1",
    SPIDERPOOL_HEALTH_PORT: String(port),
  };
  return parseEnvironment((name) => variables[name]);
}

/** A log whose lines can be waited for. */
class LogLines {
  readonly log: Log;
  readonly #seen = new Map<string, PromiseWithResolvers<void>>();

  constructor(events: string[]) {
    const line = (message: string, _fields?: LogFields) => {
      events.push(`log ${message}`);
      this.#line(message).resolve();
    };
    this.log = { ...silentLog, info: line, warn: line, error: line, child: () => silentLog };
  }

  seen(message: string): Promise<void> {
    return this.#line(message).promise;
  }

  #line(message: string): PromiseWithResolvers<void> {
    const line = this.#seen.get(message) ?? Promise.withResolvers<void>();
    this.#seen.set(message, line);
    return line;
  }
}

/** Statuses of the probes "startup", "readiness" and "liveness". */
export async function probesOf({ port }: Pick<TestDaemon, "port">): Promise<number[]> {
  const statuses = [];
  for (const probe of ["startup", "readiness", "liveness"]) {
    const response = await fetch(`http://127.0.0.1:${port}/v1/runtime/${probe}`);
    await response.body?.cancel();
    statuses.push(response.status);
  }
  return statuses;
}

/** The ADD of a Pod. */
export function addArgs(podName: string): IpamAddArgs {
  return { containerID: "c1", ifName: "eth0", netNamespace: "/n", podNamespace: "ns1", podName, podUID: "" };
}

/** Runs `use` with a folder of its own. */
export async function withFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = Deno.makeTempDirSync({ prefix: "daemon-" });
  try {
    await use(folder);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}
