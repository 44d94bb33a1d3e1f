/** What goes on between agents, as their metrics tell it: whole agents, real TLS, real tokens. */
import assert from "node:assert/strict";
import type { IpamAddArgs } from "../../agent/api/mod.ts";
import { Exposition } from "../../agent/metrics/exposition_fixture.ts";
import type { Peer, PeerMessage } from "../../agent/peer/mod.ts";
import { rankNodes } from "../../agent/peer/rendezvous.ts";
import { TlsExchange } from "../../agent/peer/port/tls_exchange.ts";
import { fixedToken } from "../../crd/kube/mod.ts";
import { systemClock } from "../../net/base/clock.ts";
import { abandon } from "./abandon_agent.ts";
import { type MeteredAgent, withMeteredAgent } from "./metered_agent.ts";
import { type PeerAgent, PeerWorld, until } from "./peer_world.ts";

/** The one that should write the pool, and the other one. */
const [first, second] = rankNodes("p", ["n1", "n2"]) as [string, string];

/** Longest that anything is waited for, in milliseconds. */
const LONGEST_MS = 60_000;

/** A whole agent on `node` that shares writes. */
async function onNode(world: PeerWorld, node: string, use: (agent: MeteredAgent) => Promise<void>): Promise<void> {
  const peerTokenPath = Deno.makeTempFileSync({ prefix: "peer-token-" });
  Deno.writeTextFileSync(peerTokenPath, world.token());
  const env = {
    SPIDERPOOL_POD_NAMESPACE: "spiderpool",
    SPIDERPOOL_NODE_NAME: node,
    SPIDERPOOL_POD_IPS: world.hostOf(node),
  };
  const conf = { agent: { peerCommit: { enabled: true, port: world.port, timeout: "500ms" } } };
  try {
    await withMeteredAgent(world.api.connect(node), { env, conf, peerTokenPath }, use);
  } finally {
    Deno.removeSync(peerTokenPath);
  }
}

/** A scrape once `series` is `least` or more; `between` is done before each. */
async function scrapeWhen(
  agent: MeteredAgent,
  [series, least]: readonly [series: string, least: number],
  between: () => Promise<unknown> = () => Promise.resolve(),
): Promise<Exposition> {
  for (const endMs = performance.now() + LONGEST_MS; performance.now() < endMs;) {
    await between();
    const seen = new Exposition(await agent.metrics());
    if ((seen.value(series) ?? 0) >= least) return seen;
  }
  throw new Error(`Cannot go on: ${series} is less than ${least} after a minute`);
}

/** Creates a Pod on `node` and gives it an address from the pool. */
async function addPod(world: PeerWorld, { client }: MeteredAgent, node: string): Promise<void> {
  const { name, uid } = await world.pod(`web-${crypto.randomUUID()}`, node);
  const args: IpamAddArgs = {
    containerID: `c-${name}`,
    ifName: "eth0",
    netNamespace: "/proc/1/ns/net",
    podNamespace: "default",
    podName: name,
    podUID: uid,
    cleanGateway: false,
    defaultIPv4IPPool: ["p"],
  };
  await client.allocate(args);
}

Deno.test("agent 12: claims that one agent hands to another are counted at both ends, and so are their connections", async () => {
  await using world = await PeerWorld.start(["n1", "n2"]);
  await onNode(world, first, (committer) =>
    onNode(world, second, async (asking) => {
      await scrapeWhen(asking, ["spiderpool_peer_agents", 2]);
      const done = 'spiderpool_peer_handed_over_total{request="claim",outcome="done"}';
      const there = await scrapeWhen(asking, [done, 3], () => addPod(world, asking, second));
      const here = new Exposition(await committer.metrics());
      const served = here.value('spiderpool_peer_served_total{request="claim",outcome="done"}') ?? 0;
      assert.ok(served >= (there.value(done) ?? NaN), `${served}`); // an answer may have come too late
      const counted: readonly (readonly [Exposition, string])[] = [
        [there, 'spiderpool_peer_requests_total{operation="hello",outcome="answered"}'],
        [there, 'spiderpool_peer_requests_total{operation="commit",outcome="answered"}'],
        [there, "spiderpool_peer_connections"],
        [here, 'spiderpool_peer_answers_total{operation="commit",code="200"}'],
        [here, 'spiderpool_server_connections{server="peers"}'],
      ];
      for (const [seen, series] of counted) assert.ok((seen.value(series) ?? 0) >= 1, series);
    }));
});

const hello: PeerMessage = { operation: "hello", body: "" };
const other = "system:serviceaccount:default:default";

/** Sends one message with a token. */
async function sendAs(token: string, { peer, message }: { peer: Peer; message: PeerMessage }): Promise<void> {
  const exchange = new TlsExchange({ authorization: fixedToken(token), clock: systemClock });
  await exchange.send(peer, message, { timeoutMs: 60_000 });
  exchange.close();
}

Deno.test("agent 12: callers that the peer port turns away are counted by their reason", async () => {
  await using world = await PeerWorld.start(["n1", "n2"]);
  const watcher = await world.agent("n2"); // knows how the other is reached
  await onNode(world, "n1", async (agent) => {
    await until(() => watcher.port.directory.live().length === 2);
    const peer = watcher.port.directory.live().find(({ node }) => node === "n1")!;
    const before = new Exposition(await agent.metrics());
    await sendAs("nonsense", { peer, message: hello });
    await sendAs(world.token({ username: other }), { peer, message: hello });
    await sendAs(world.token(), { peer, message: { operation: "commit", body: "{}" } });
    await sendAs(world.token(), { peer, message: { operation: "hello", body: "{}" } });
    const after = new Exposition(await agent.metrics());
    for (const reason of ["bad-token", "not-an-agent", "not-greeted", "hello-with-body"]) {
      const series = `spiderpool_peer_turned_away_total{reason="${reason}"}`;
      assert.equal((after.value(series) ?? 0) - (before.value(series) ?? 0), 1, reason);
    }
  });
});

Deno.test("agent 12: a claim that is handed over in vain is counted, and that this agent did it itself", async () => {
  await using world = await PeerWorld.start(["n1", "n2"]);
  const dying: PeerAgent = await world.agent(first);
  await onNode(world, second, async (asking) => {
    await scrapeWhen(asking, ["spiderpool_peer_agents", 2]);
    await abandon(world, dying);
    await scrapeWhen(asking, ["spiderpool_peer_agents", 2]);
    const fellBack = 'spiderpool_peer_fallbacks_total{request="claim"}';
    const seen = await scrapeWhen(asking, [fellBack, 1], () => addPod(world, asking, second));
    const unreachable = ["hello", "commit"].map((operation) =>
      seen.value(`spiderpool_peer_requests_total{operation="${operation}",outcome="unreachable"}`) ?? 0
    );
    assert.ok(Math.max(...unreachable) >= 1);
    assert.ok((seen.value('spiderpool_peer_handed_over_total{request="claim",outcome="refused"}') ?? 0) >= 1);
  });
});
