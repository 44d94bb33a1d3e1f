/** The certificate of the peer port as time goes by. */
import assert from "node:assert/strict";
import { fakeAgent } from "../../agent/peer/fake_agent.ts";
import { FakeNetwork } from "../../agent/peer/fake_network.ts";
import { AUDIENCE } from "../../agent/peer/port/authenticator.ts";
import { PeerPort } from "../../agent/peer/port/mod.ts";
import { FakePoolStore } from "../../crd/ipam/fake_pool_store.ts";
import { FakeClock } from "../../net/base/fake_clock.ts";
import { silentLog } from "../../net/base/log.ts";
import { seededRandom } from "../../net/base/random.ts";
import { AddressSet } from "../../net/ip/set.ts";
import { EmbeddedApi } from "../apiserver/server.ts";
import { freePort } from "../../net/base/free_port.ts";
import { jsonCall } from "./call.ts";
import { AGENTS } from "./peer_world.ts";

const MINUTE_MS = 60_000;

/** A peer port whose clock a test moves. */
async function portFixture() {
  const clock = new FakeClock(Date.now());
  const api = new EmbeddedApi({ clock, random: seededRandom(1) });
  const create = (path: string, body: unknown) => jsonCall(api.transport, { method: "POST", path, body });
  await create("/api/v1/namespaces", { metadata: { name: "spiderpool" } });
  const port = freePort();
  await create("/apis/discovery.k8s.io/v1/namespaces/spiderpool/endpointslices", {
    metadata: { name: "x", labels: { "kubernetes.io/service-name": "spiderpool-agent" } },
    addressType: "IPv4",
    ports: [{ name: "peer", port }],
    endpoints: [{ nodeName: "n1", addresses: ["127.0.0.1"] }],
  });
  const tokenPath = Deno.makeTempFileSync();
  const expiresMs = clock.now() + 365 * 24 * 60 * MINUTE_MS;
  Deno.writeTextFileSync(tokenPath, api.tokens.issue({ username: AGENTS, audiences: [AUDIENCE], expiresMs }));
  const shared = { clock, monotonic: () => clock.now(), random: seededRandom(2), log: silentLog };
  const peerPort = new PeerPort({
    ...shared,
    transport: api.transport,
    namespace: "spiderpool",
    node: "n1",
    hostnames: ["127.0.0.1"],
    port,
    tokenPath,
    certificateMs: { valid: 30 * MINUTE_MS, used: 20 * MINUTE_MS, announced: MINUTE_MS },
  });
  const network = new FakeNetwork(clock);
  const store = new FakePoolStore();
  const { committer, claims } = fakeAgent({
    ...shared,
    node: "n1",
    store,
    network,
    peers: [],
    reserved: () => AddressSet.empty(4),
  });
  const stopping = new AbortController();
  const running = peerPort.run(committer, stopping.signal);
  void claims.prepare();
  return {
    peerPort,
    /** Moves the clock by `ms`, then by seconds until `isTrue`. */
    async later(ms: number, isTrue: () => boolean | Promise<boolean>) {
      await clock.run(ms);
      while (!await isTrue()) await clock.run(1_000);
    },
    async [Symbol.asyncDispose]() {
      const closed = peerPort.close();
      stopping.abort(new Error("the agent stops"));
      let ended = false;
      Promise.all([closed, running]).finally(() => ended = true);
      while (!ended) await clock.run(1_000);
      Deno.removeSync(tokenPath);
    },
  };
}

function certificatesOf(port: PeerPort): readonly string[] {
  return port.directory.live()[0]?.certificate.match(/-----BEGIN[^]*?-----END CERTIFICATE-----\n/g) ?? [];
}

/** Whether the port answers who accepts exactly this certificate. */
async function isServedBy(port: PeerPort, certificate: string): Promise<boolean> {
  const [peer] = port.directory.live();
  if (peer === undefined) return false;
  const reply = port.exchange.send({ ...peer, certificate }, { operation: "hello", body: "" }, { timeoutMs: 1e9 });
  return (await reply).kind === "answered";
}

Deno.test("the certificate is replaced long before it ends, and known a minute before it is used", async () => {
  await using fixture = await portFixture();
  const { peerPort, later } = fixture;
  await later(0, () => certificatesOf(peerPort).length === 1);
  const [first = ""] = certificatesOf(peerPort);
  await later(3_000, () => isServedBy(peerPort, first));

  await later(20 * MINUTE_MS - 10_000, () => certificatesOf(peerPort).length === 2);
  const [second = "", old] = certificatesOf(peerPort);
  assert.equal(old, first);
  assert.notEqual(second, first);
  assert.deepEqual([await isServedBy(peerPort, first), await isServedBy(peerPort, second)], [true, false]);

  await later(MINUTE_MS, () => isServedBy(peerPort, second));
  assert.deepEqual(certificatesOf(peerPort), [second, first]);
});
