import assert from "node:assert/strict";
import { systemClock } from "../net/base/clock.ts";
import { silentLog } from "../net/base/log.ts";
import type { KubeRequest, KubeTransport } from "../crd/kube/contract.ts";
import { parseConf } from "./config/conf.ts";
import { parseEnvironment } from "./config/environment.ts";
import { ipamOver, requestTimeoutOf } from "./create_ipam.ts";

/** An API server that accepts requests and answers none; tells how many are open, and whether it was let go. */
class SilentServer implements KubeTransport {
  readonly asked = Promise.withResolvers<void>();
  open = 0;
  isClosed = false;

  request({ signal }: KubeRequest): Promise<never> {
    this.open++;
    this.asked.resolve();
    return new Promise((_, reject) => {
      signal?.addEventListener("abort", () => {
        this.open--;
        reject(signal.reason);
      }, { once: true });
    });
  }

  close(): void {
    this.isClosed = true;
  }
}

Deno.test("ipamOver() leaves no watch and no connection behind when it is stopped before it was ready", async () => {
  const folder = Deno.makeTempDirSync({ prefix: "create-" });
  const environment: Readonly<Record<string, string>> = {
    SPIDERPOOL_POD_NAMESPACE: "kube-system",
    SPIDERPOOL_POD_NAME: "agent",
    SPIDERPOOL_NODE_NAME: "n1",
  };
  const conf = { enableIPv4: true, ipamUnixSocketPath: `${folder}/s`, agent: { peerCommit: { enabled: false } } };
  const server = new SilentServer();
  const stop = new AbortController();
  const created = ipamOver(server)({
    conf: parseConf(JSON.stringify(conf)).conf,
    environment: parseEnvironment((name) => environment[name]),
    clock: systemClock,
    log: silentLog,
    signal: stop.signal,
  });
  created.catch(() => undefined);
  await server.asked.promise;
  const reason = new Error("the agent is told to stop");
  stop.abort(reason);
  await assert.rejects(created, reason);
  assert.deepEqual([server.open, server.isClosed], [0, true]);
  Deno.removeSync(folder, { recursive: true });
});

const timeouts: [deadline: string, tries: number, wantMs: number][] = [
  ["30s", 3, 10_000],
  ["30s", 5, 6_000],
  ["30s", 0, 10_000],
  ["30s", 1000, 2_000],
  ["90s", 1, 10_000],
  ["1s", 1, 2_000],
];
for (const [deadline, updateCrMaxRetries, want] of timeouts) {
  Deno.test(`promise 10: ${updateCrMaxRetries} tries of an update fit into ${deadline}, each of at most ${want} ms`, () => {
    const { conf } = parseConf(`agent: {ipamDeadline: ${deadline}}`);
    assert.equal(requestTimeoutOf(conf, { updateCrMaxRetries }), want);
  });
}
