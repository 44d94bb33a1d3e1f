/** A whole agent whose metrics are on, over a test's cluster. */
import { systemClock } from "../../net/base/clock.ts";
import { silentLog } from "../../net/base/log.ts";
import { type AgentClient, createAgentClient, unixExchange } from "../../agent/api/mod.ts";
import { parseConf } from "../../agent/config/conf.ts";
import { parseEnvironment } from "../../agent/config/environment.ts";
import { ipamOver } from "../../agent/create_ipam.ts";
import { runDaemon } from "../../agent/daemon.ts";
import { readMetrics } from "../../agent/remote.ts";
import type { KubeTransport } from "../../crd/kube/contract.ts";
import { freePort } from "../../net/base/free_port.ts";

/** What differs from an agent that has metrics, but none for debugging and none under former names. */
export interface MeteredAgentOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Members of conf.yml. */
  readonly conf?: Readonly<Record<string, unknown>>;
  /** File of its token for peers. */
  readonly peerTokenPath?: string;
}

/** A running agent. */
export interface MeteredAgent {
  readonly client: AgentClient;
  /** Of its metrics. */
  readonly port: number;
  /** What `spiderpool-agent metric` prints. */
  metrics(): Promise<string>;
}

/** Runs an agent over `transport` while `use` lasts. */
export async function withMeteredAgent(
  transport: KubeTransport,
  { env = {}, conf = {}, ...peers }: MeteredAgentOptions,
  use: (agent: MeteredAgent) => Promise<void>,
): Promise<void> {
  const folder = Deno.makeTempDirSync({ prefix: "metered-" });
  const ports = [freePort(), freePort()] as const;
  const path = `${folder}/agent.sock`;
  const stop = new AbortController();
  const served = Promise.withResolvers<void>();
  const info = (message: string) => message === "serves" && served.resolve();
  const ended = runDaemon({
    conf: parseConf(JSON.stringify({ ...base, ipamUnixSocketPath: path, ...conf })).conf,
    environment: environmentOf(ports, env),
    clock: systemClock,
    log: { ...silentLog, info, child: () => silentLog },
    createIpam: ipamOver(transport, peers),
    stop: stop.signal,
  });
  try {
    await Promise.race([served.promise, ended]);
    const client = createAgentClient(unixExchange(path, { timeoutMs: 120_000 }));
    await use({ client, port: ports[1], metrics: () => readMetrics(ports[1]) });
  } finally {
    stop.abort();
    await ended.finally(() => Deno.removeSync(folder, { recursive: true }));
  }
}

const base = { enableIPv4: true, agent: { peerCommit: { enabled: false } } };

function environmentOf([health, metrics]: readonly number[], env: Readonly<Record<string, string>>) {
  const variables: Readonly<Record<string, string>> = {
    SPIDERPOOL_POD_NAMESPACE: "kube-system",
    SPIDERPOOL_POD_NAME: "agent",
    SPIDERPOOL_NODE_NAME: "n1",
    SPIDERPOOL_HEALTH_PORT: String(health),
    SPIDERPOOL_METRIC_HTTP_PORT: String(metrics),
    SPIDERPOOL_ENABLED_METRIC: "true",
    ...env,
  };
  return parseEnvironment((name) => variables[name]);
}
