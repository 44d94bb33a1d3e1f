import assert from "node:assert/strict";
import { systemClock } from "../net/base/clock.ts";
import { silentLog } from "../net/base/log.ts";
import { type IpamService, unixExchange } from "./api/mod.ts";
import { parseConf } from "./config/conf.ts";
import { parseEnvironment } from "./config/environment.ts";
import { type CreateIpam, runDaemon } from "./daemon.ts";
import { shutDownAgent } from "./remote.ts";

const service: IpamService = {
  add: () => Promise.resolve({ ips: [], routes: null }),
  release: () => Promise.resolve(),
  releaseBatch: () => Promise.resolve(),
  endpoint: () => Promise.resolve(undefined),
  explain: () => Promise.resolve(undefined),
};

function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

/** Starts a daemon with a fake IPAM, and waits until its probes answer. */
async function startDaemon(folder: string, { ready = true, events = [] }: { ready?: boolean; events?: string[] } = {}) {
  const path = `${folder}/run/agent.sock`;
  const port = freePort();
  const variables: Record<string, string> = {
    SPIDERPOOL_POD_NAMESPACE: "kube-system",
    SPIDERPOOL_POD_NAME: "agent",
    SPIDERPOOL_NODE_NAME: "n1",
    SPIDERPOOL_HEALTH_PORT: String(port),
  };
  const createIpam: CreateIpam = () => {
    events.push("created");
    return Promise.resolve({ service, ready: () => ready, close: () => Promise.resolve(void events.push("closed")) });
  };
  const stop = new AbortController();
  const served = Promise.withResolvers<void>();
  const log = { ...silentLog, info: (message: string) => message === "serves" && served.resolve() };
  const ended = runDaemon({
    conf: parseConf(JSON.stringify({ enableIPv4: true, ipamUnixSocketPath: path })).conf,
    environment: parseEnvironment((name) => variables[name]),
    clock: systemClock,
    log: { ...log, child: () => silentLog },
    createIpam,
    stop: stop.signal,
  });
  await Promise.race([served.promise, ended]);
  return { path, port, stop, ended, events };
}

async function statusOf(port: number, probe: string): Promise<number> {
  const response = await fetch(`http://127.0.0.1:${port}/v1/runtime/${probe}`);
  await response.body?.cancel();
  return response.status;
}

async function withFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = Deno.makeTempDirSync({ prefix: "daemon-" });
  try {
    await use(folder);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

Deno.test("runDaemon() serves socket and probes until it is told to stop", async () => {
  await withFolder(async (folder) => {
    const { path, port, stop, ended, events } = await startDaemon(folder);
    const exchange = unixExchange(path, { timeoutMs: 10_000 });
    assert.equal((await exchange({ method: "GET", target: "/v1/ipam/healthy" })).status, 200);
    for (const probe of ["startup", "readiness", "liveness"]) assert.equal(await statusOf(port, probe), 200, probe);
    stop.abort();
    await ended;
    assert.deepEqual(events, ["created", "closed"]);
    await assert.rejects(Deno.connect({ transport: "unix", path }));
    await assert.rejects(Deno.connect({ hostname: "127.0.0.1", port }));
  });
});

Deno.test("runDaemon() is alive but not ready while IPAM is not", async () => {
  await withFolder(async (folder) => {
    const { port, stop, ended } = await startDaemon(folder, { ready: false });
    assert.deepEqual([await statusOf(port, "readiness"), await statusOf(port, "liveness")], [500, 200]);
    stop.abort();
    await ended;
  });
});

Deno.test("shutDownAgent() stops a daemon, and waits until it has", async () => {
  await withFolder(async (folder) => {
    const { path, ended, events } = await startDaemon(folder);
    await shutDownAgent(unixExchange(path, { timeoutMs: 10_000 }), { clock: systemClock });
    await ended;
    assert.deepEqual(events, ["created", "closed"]);
  });
});

Deno.test("shutDownAgent() says that no agent runs", async () => {
  const exchange = unixExchange("/nowhere/agent.sock", { timeoutMs: 10_000 });
  await assert.rejects(
    shutDownAgent(exchange, { clock: systemClock }),
    /Cannot ask the agent on \/nowhere\/agent\.sock/,
  );
});

Deno.test("runDaemon() makes no IPAM beside a live agent: the journal is the other one's", async () => {
  await withFolder(async (folder) => {
    const first = await startDaemon(folder);
    const events: string[] = [];
    await assert.rejects(startDaemon(folder, { events }), /another process answers there/);
    assert.deepEqual(events, []);
    first.stop.abort();
    await first.ended;
  });
});
