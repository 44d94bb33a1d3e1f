/** The peer port as agents use it: HTTPS on loopback, tokens that the embedded API reviews, Leases and EndpointSlices. */
import assert from "node:assert/strict";
import { defaultConf, parseConf } from "../../agent/config/conf.ts";
import { parseEnvironment } from "../../agent/config/environment.ts";
import { createPeerPort, PEER_TOKEN } from "../../agent/create_peers.ts";
import { AUDIENCE } from "../../agent/peer/port/authenticator.ts";
import { SERVICE } from "../../agent/peer/port/directory.ts";
import { TlsExchange } from "../../agent/peer/port/tls_exchange.ts";
import { PORT_NAME } from "../../agent/peer/port/slice_addresses.ts";
import type { Peer, PeerReply } from "../../agent/peer/mod.ts";
import { fixedToken } from "../../crd/kube/mod.ts";
import type { KubeRequest, KubeTransport } from "../../crd/kube/contract.ts";
import { systemClock } from "../../net/base/clock.ts";
import { silentLog } from "../../net/base/log.ts";
import { arrayOr, at, objectOr } from "../apiserver/json.ts";
import { abandon } from "./abandon_agent.ts";
import { containersOf, manifestOf } from "./manifest_files.ts";
import { needOf, permissionsOf } from "./permissions.ts";
import { AGENTS, type PeerAgent, PeerWorld, until } from "./peer_world.ts";

const three = ["n1", "n2", "n3"];

async function startAll(world: PeerWorld, nodes: readonly string[]): Promise<PeerAgent[]> {
  const agents = await Promise.all(nodes.map((node) => world.agent(node)));
  await until(() => agents.every(({ port }) => port.directory.live().length === nodes.length));
  for (const peer of agents[0]?.port.directory.live() ?? []) {
    while (statusOf(await helloWith(peer, world.token())) !== 200); // it is ready to write for others
  }
  return agents;
}

Deno.test("agents of three nodes share the writes of a pool over their peer ports", async () => {
  await using world = await PeerWorld.start(three);
  const agents = await startAll(world, three);
  world.timeoutMs = 9_000; // on a busy machine a peer that is late is none that has gone
  const pods = await Promise.all(Array.from({ length: 60 }, (_, i) => world.pod(`web-${i}`, three[i % 3]!)));
  const addresses = await Promise.all(pods.map((pod, i) => agents[i % 3]!.add(pod)));
  assert.equal(new Set(addresses).size, 60);
  const again = await Promise.all(pods.map((pod, i) => agents[i % 3]!.add(pod)));
  assert.deepEqual(again, addresses);
  const writes = world.observed.filter(({ verb, resource, subresource }) =>
    verb === "update" && resource === "spiderippools" && subresource === "status"
  );
  assert.deepEqual(new Set(writes.map(({ status }) => status)), new Set([200]), "no conflict");
  assert.equal(new Set(writes.map(({ client }) => client)).size, 1, "one agent writes");
  assert.ok(writes.length < 60, `${writes.length} writes`);
});

Deno.test("an agent that stops withdraws its certificate, and the others go on without it", async () => {
  await using world = await PeerWorld.start(three);
  const agents = await startAll(world, three);
  for (const leaving of agents.slice(0, 2)) {
    await leaving.stop();
    const left = agents.slice(agents.indexOf(leaving) + 1);
    await until(() => left.every(({ port }) => !port.directory.live().some(({ node }) => node === leaving.node)));
    for (const { node, add } of left) {
      assert.match(await add(await world.pod(`${node}-${leaving.node}`, node)), /^10\./);
    }
  }
});

/** Says hello to the peer port of `n1` with a token. */
async function helloWith(peer: Peer, token: string): Promise<PeerReply> {
  const exchange = new TlsExchange({ authorization: fixedToken(token), clock: systemClock });
  const reply = await exchange.send(peer, { operation: "hello", body: "" }, { timeoutMs: 60_000 });
  exchange.close();
  return reply;
}

function statusOf(reply: PeerReply): number | undefined {
  return reply.kind === "answered" ? 200 : reply.kind === "refused" ? reply.status : undefined;
}

Deno.test("the peer port knows agents by their tokens, and strangers too", async () => {
  await using world = await PeerWorld.start(["n1"]);
  const { port } = await world.agent("n1");
  const [peer] = port.directory.live();
  assert.ok(peer !== undefined);
  const forged = `${world.token().split(".").slice(0, 2).join(".")}.Zm9yZ2Vk`;
  const other = "system:serviceaccount:default:default";
  const cases = [
    { name: "an agent's", token: world.token(), want: 200, reviews: 1 },
    {
      name: "an agent's for the API server",
      token: world.token({ audience: "https://kubernetes" }),
      want: 401,
      reviews: 0,
    },
    { name: "an agent's that has expired", token: world.token({ lifeMs: -120_000 }), want: 401, reviews: 0 },
    { name: "one of another ServiceAccount", token: world.token({ username: other }), want: 403, reviews: 0 },
    { name: "one that nobody issued", token: forged, want: 401, reviews: 1 },
    { name: "no token", token: "nonsense", want: 401, reviews: 0 },
  ];
  for (const { name, token, want, reviews } of cases) {
    const before = world.count("create", "tokenreviews");
    let status = statusOf(await helloWith(peer, token));
    for (; status === 503; status = statusOf(await helloWith(peer, token))); // the agent is not ready yet
    for (let i = 0; i < 3; i++) assert.equal(statusOf(await helloWith(peer, token)), want, name);
    assert.equal(status, want, name);
    assert.equal(world.count("create", "tokenreviews") - before, reviews, `${name}: reviews`);
  }
});

const impostors: { name: string; serve: (host: string, port: number) => Disposable }[] = [
  { name: "is upstream's agent: its port is closed", serve: () => ({ [Symbol.dispose]() {} }) },
  {
    name: "is upstream's agent: something else listens on its port",
    serve(hostname, port) {
      const server = Deno.serve(
        { hostname, port, onListen() {} },
        () => new Response("404 page not found", { status: 404 }),
      );
      return { [Symbol.dispose]: () => void server.shutdown() };
    },
  },
];
for (const { name, serve } of impostors) {
  Deno.test(`a node's Lease is still there, but its agent ${name}: the others write themselves`, async () => {
    await using world = await PeerWorld.start(["n1", "n2"]);
    const [first, second] = await startAll(world, ["n1", "n2"]);
    assert.ok(first !== undefined && second !== undefined);
    await abandon(world, first);
    await until(() => second.port.directory.live().length === 2);
    using _impostor = serve(world.hostOf("n1"), world.port);
    const pods = await Promise.all(Array.from({ length: 10 }, (_, i) => world.pod(`web-${i}`, "n2")));
    const addresses = await Promise.all(pods.map((pod) => second.add(pod)));
    assert.equal(new Set(addresses).size, 10);
  });
}

Deno.test("the roles of spiderpool-agent allow what the peer port asks for and nothing more", async () => {
  await using world = await PeerWorld.start(["n1", "n2"]);
  const requests: KubeRequest[] = [];
  const recording: KubeTransport = {
    request(request) {
      requests.push(request);
      return world.api.connect("n1").request(request);
    },
  };
  const former = await world.agent("n1", recording);
  await world.agent("n2");
  await until(() => former.port.directory.live().length === 2);
  const [, other] = former.port.directory.live();
  assert.ok(other !== undefined);
  for (let status = 0; status !== 200;) {
    status = statusOf(await helloWith(former.port.directory.live()[0]!, world.token())) ?? 0;
  }
  await publishAnother(world);
  await until(() => requests.some(({ method, path }) => method === "PUT" && path.includes("/leases/")));
  await former.stop();

  const role = permissionsOf(manifestOf("Role", "spiderpool-agent"));
  const peering = requests.filter(({ path }) => /\/(leases|endpointslices|tokenreviews)\b/.test(path));
  const [inNamespace, others] = [true, false].map((isIn) =>
    new Set(
      peering.filter(({ path }) => path.includes("/namespaces/spiderpool/") === isIn).map((request) =>
        needOf(request).any
      ),
    )
  );
  assert.deepEqual(inNamespace, role);
  assert.deepEqual(others, new Set(["create authentication.k8s.io/tokenreviews"]));
  assert.ok(permissionsOf(manifestOf("ClusterRole", "spiderpool-agent")).isSupersetOf(others!));
});

/** Somebody else writes into the Lease of `n1`: its agent puts its certificate back. */
async function publishAnother(world: PeerWorld): Promise<void> {
  await world.api.transport.request({
    method: "PATCH",
    path: "/apis/coordination.k8s.io/v1/namespaces/spiderpool/leases/spiderpool-peer-n1",
    contentType: "application/merge-patch+json",
    body: JSON.stringify({ metadata: { annotations: { "spiderpool.spidernet.io/peer-certificate": "lost" } } }),
  });
}

Deno.test("agent.peerCommit.enabled: false, or no token for peers, turns everything off", () => {
  const required: Readonly<Record<string, string>> = {
    SPIDERPOOL_POD_NAMESPACE: "spiderpool",
    SPIDERPOOL_POD_NAME: "a",
    SPIDERPOOL_NODE_NAME: "n1",
  };
  const environment = parseEnvironment((name) => required[name]);
  const silent: KubeTransport = { request: () => Promise.reject(new Error("nothing may be asked")) };
  const inputs = { environment, clock: systemClock, log: silentLog };
  const tokenPath = Deno.makeTempFileSync();
  try {
    const off = parseConf("agent: {peerCommit: {enabled: false}}").conf;
    assert.equal(createPeerPort(silent, { ...inputs, conf: off }, { tokenPath }), undefined);
    const on = { ...inputs, conf: defaultConf() };
    assert.equal(createPeerPort(silent, on, { tokenPath: `${tokenPath}-not-there` }), undefined);
    assert.notEqual(createPeerPort(silent, on, { tokenPath }), undefined);
  } finally {
    Deno.removeSync(tokenPath);
  }
});

Deno.test("the manifests give the peer port what the code expects", () => {
  const daemonSet = manifestOf("DaemonSet", "spiderpool-agent");
  const daemon = objectOr(containersOf(daemonSet).at(-1));
  const { conf } = parseConf(String(at(manifestOf("ConfigMap", "spiderpool-conf"), "data", "conf.yml")));
  const service = manifestOf("Service", SERVICE);
  const { enabled, port } = conf.agent.peerCommit;
  assert.deepEqual([enabled, conf.agent.peerCommit], [true, defaultConf().agent.peerCommit]);
  assert.deepEqual(daemon.ports, [
    { name: PORT_NAME, containerPort: port, protocol: "TCP" },
    { name: "metrics", containerPort: 5711, protocol: "TCP" },
  ]);
  const target = { name: PORT_NAME, protocol: "TCP", port, targetPort: PORT_NAME };
  assert.deepEqual(at(service, "spec", "ports"), [target]);
  assert.equal(at(service, "spec", "clusterIP"), "None");
  assert.deepEqual(at(service, "spec", "selector"), at(daemonSet, "spec", "template", "metadata", "labels"));

  const mounts = arrayOr(daemon.volumeMounts).map(objectOr);
  const mount = mounts.find(({ mountPath }) => PEER_TOKEN.startsWith(`${mountPath}/`));
  const volumes = arrayOr(at(daemonSet, "spec", "template", "spec", "volumes")).map(objectOr);
  const volume = volumes.find(({ name }) => name === mount?.name);
  const source = objectOr(arrayOr(at(volume ?? {}, "projected", "sources"))[0]);
  assert.equal(at(source, "serviceAccountToken", "audience"), AUDIENCE);
  assert.equal(`${mount?.mountPath}/${at(source, "serviceAccountToken", "path")}`, PEER_TOKEN);
  const account = manifestOf("ServiceAccount", String(at(daemonSet, "spec", "template", "spec", "serviceAccountName")));
  const { namespace, name } = objectOr(account.metadata);
  assert.equal(`system:serviceaccount:${namespace}:${name}`, AGENTS);
});
