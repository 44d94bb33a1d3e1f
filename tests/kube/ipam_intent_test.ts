import assert from "node:assert/strict";
import type { IpamAddArgs } from "../../agent/api/mod.ts";
import { type Agent, type Body, Cluster, type PodOptions, scenarioPools } from "./ipam_cluster.ts";
import { testIpam } from "./ipam_tests.ts";
import { someEvents } from "./pod_events.ts";

const spiderpool = "/apis/spiderpool.spidernet.io/v2beta1";
const v4a = { ippool: '{"ipv4":["v4a"]}' };
const v4b = { ippool: '{"ipv4":["v4b"]}' };

/** What the pools of one Pod follow from. */
interface Wish {
  readonly annotations?: PodOptions["annotations"];
  /** Of the request. */
  readonly cni?: Partial<IpamAddArgs>;
  /** Changes something else, before the Pod starts. */
  readonly change?: (cluster: Cluster) => Promise<unknown>;
}

/** Pod `db-0` of a StatefulSet: starts it as often as it is asked to. */
class Database implements AsyncDisposable {
  #starts = 0;
  #uid = "";

  private constructor(readonly cluster: Cluster, readonly agent: Agent, readonly owner: Body) {}

  static async start(wish: Wish, pools?: Readonly<Record<string, Body>>): Promise<Database> {
    const cluster = await Cluster.start(pools === undefined ? {} : { pools });
    const agent = await cluster.agent();
    const database = new Database(cluster, agent, await cluster.statefulSet("db", { replicas: 1 }));
    await database.restart(wish);
    return database;
  }

  /** Ends the Pod and makes it anew. @returns the request of its next ADD */
  async made({ annotations = {}, cni = {}, change }: Wish): Promise<{ podName: string; podUID: string }> {
    const { cluster, agent, owner } = this;
    if (this.#starts++ > 0) {
      await cluster.removePod("db-0");
      await agent.del({ podName: "db-0", podUID: this.#uid, containerID: `c${this.#starts - 1}` });
    }
    await change?.(cluster);
    this.#uid = await cluster.pod("db-0", { annotations, owner });
    return { podName: "db-0", podUID: this.#uid, containerID: `c${this.#starts}`, ...cni };
  }

  /** Restarts the Pod. @returns its addresses on eth0, or the refusal */
  async restart(wish: Wish): Promise<string[]> {
    return await this.agent.addresses(await this.made(wish));
  }

  /** NICs, addresses and pools as the endpoint lists them. */
  get listed(): string[] {
    const ips = this.cluster.endpoint("db-0")?.status?.current.ips ?? [];
    return ips.flatMap(({ interface: nic, ipv4, ipv6 }) => [ipv4, ipv6].flatMap((ip) => ip ? [`${nic} ${ip}`] : []));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.cluster[Symbol.asyncDispose]();
  }
}

function annotateNamespace(pool: string): NonNullable<Wish["change"]> {
  const annotations = { "ipam.spidernet.io/default-ipv4-ippool": JSON.stringify([pool]) };
  return (cluster) => cluster.patch("/api/v1/namespaces/ns1", { metadata: { annotations } });
}

function makeDefault(pool: string, isDefault: boolean): (cluster: Cluster) => Promise<unknown> {
  return (cluster) => cluster.patch(`${spiderpool}/spiderippools/${pool}`, { spec: { default: isDefault } });
}

async function changeDefault(cluster: Cluster): Promise<void> {
  await makeDefault("v4a", false)(cluster);
  await makeDefault("v4b", true)(cluster);
}

const sources: readonly { readonly name: string; readonly first: Wish; readonly then: Wish }[] = [
  { name: "the Pod annotation ippool", first: { annotations: v4a }, then: { annotations: v4b } },
  {
    name: "the Pod annotation ippools",
    first: { annotations: { ippools: '[{"interface":"eth0","ipv4":["v4a"]}]' } },
    then: { annotations: { ippools: '[{"interface":"eth0","ipv4":["v4b"]}]' } },
  },
  { name: "the namespace", first: { change: annotateNamespace("v4a") }, then: { change: annotateNamespace("v4b") } },
  {
    name: "the CNI configuration",
    first: { cni: { defaultIPv4IPPool: ["v4a"] } },
    then: { cni: { defaultIPv4IPPool: ["v4b"] } },
  },
  { name: "the cluster's default", first: { change: makeDefault("v4a", true) }, then: { change: changeDefault } },
  { name: "another source", first: { cni: { defaultIPv4IPPool: ["v4a"] } }, then: { annotations: v4b } },
];
for (const { name, first, then } of sources) {
  testIpam(`ipam row 75: ${name} names another pool: the Pod has that at its next start, not before`, async () => {
    await using database = await Database.start(first);
    const { cluster, agent } = database;
    assert.deepEqual(database.listed, ["eth0 10.1.0.10/24"]);
    assert.deepEqual(await database.restart(first), ["eth0 10.1.0.10/24 v4a"]);
    assert.deepEqual(await database.restart(then), ["eth0 10.2.0.10/24 v4b"]);
    assert.deepEqual(cluster.held(), ["v4b 10.2.0.10 ns1/db-0 eth0"]);
    assert.deepEqual(database.listed, ["eth0 10.2.0.10/24"]);
    const history = cluster.endpoint("db-0")?.metadata.annotations?.["ipam.spidernet.io/history"];
    assert.match(history ?? "", /10\.1\.0\.10/);
    assert.deepEqual(await agent.journal.list(), []);
  });
}

testIpam(
  "a new sandbox of a living Pod keeps the address although another pool is named by now, and says so",
  async () => {
    await using database = await Database.start({ annotations: v4a });
    const { cluster, agent } = database;
    const request = await database.made({ annotations: v4a });
    await agent.add(request);
    await cluster.patch("/api/v1/namespaces/ns1/pods/db-0", {
      metadata: { annotations: { "ipam.spidernet.io/ippool": v4b.ippool } },
    });
    await cluster.advance(0);
    assert.deepEqual(await agent.addresses({ ...request, containerID: "c9" }), ["eth0 10.1.0.10/24 v4a"]);
    const told =
      '"eth0" keeps 10.1.0.10 of IPPool "v4a" although the Pod annotation "ipam.spidernet.io/ippool" names ' +
      '"v4b" by now: it takes effect when the Pod is made anew';
    const explained = agent.ipam.service.explain(
      { podNamespace: "ns1", podName: "db-0" },
      new AbortController().signal,
    );
    const answer = await cluster.drive(explained);
    assert.deepEqual(answer?.attachments[0]?.notes, [{ code: "change-pending", text: told }]);
    const events = await someEvents(cluster, request.podUID);
    const words = events.map(({ type, reason, message }) => `${type} ${reason} ${message}`);
    assert.deepEqual(words, [`Normal IPPoolChangePending ${told}`]);
  },
);

testIpam("a start that is refused keeps what the owner had", async () => {
  const pools = { ...scenarioPools, v4b: { ...scenarioPools.v4b, ips: [] } };
  await using database = await Database.start({ annotations: v4a }, pools);
  const request = await database.made({ annotations: v4b });
  const { cluster, agent } = database;
  assert.match(await agent.refusal(request), /all IP addresses used out/);
  assert.deepEqual([cluster.held(), database.listed], [["v4a 10.1.0.10 ns1/db-0 eth0"], ["eth0 10.1.0.10/24"]]);
  assert.deepEqual(await database.restart({ annotations: v4a }), ["eth0 10.1.0.10/24 v4a"]);
});

testIpam("one family names another pool: the other family keeps its address", async () => {
  await using database = await Database.start({ annotations: { ippool: '{"ipv4":["v4a"],"ipv6":["v6a"]}' } });
  const { cluster } = database;
  await cluster.putRecords("v6a", {
    "fd00:1::10": { pod: "ns1/other", podUid: "U9" },
    "fd00:1::12": { pod: "ns1/db-0", podUid: cluster.records("v6a")["fd00:1::10"]!.podUid },
  });
  await cluster.patch(`${spiderpool}/namespaces/ns1/spiderendpoints/db-0`, {
    status: { current: { ips: [{ ...cluster.endpoint("db-0")!.status!.current.ips[0]!, ipv6: "fd00:1::12/64" }] } },
  });
  const addresses = await database.restart({ annotations: { ippool: '{"ipv4":["v4b"],"ipv6":["v6a"]}' } });
  assert.deepEqual(addresses, ["eth0 10.2.0.10/24 v4b", "eth0 fd00:1::12/64 v6a"]);
});

testIpam("a family that is added is allocated beside the one that stays", async () => {
  await using database = await Database.start({ annotations: v4a });
  const addresses = await database.restart({ annotations: { ippool: '{"ipv4":["v4a"],"ipv6":["v6a"]}' } });
  assert.deepEqual(addresses, ["eth0 10.1.0.10/24 v4a", "eth0 fd00:1::10/64 v6a"]);
});

testIpam("a family that is named no more goes", async () => {
  await using database = await Database.start({ annotations: { ippool: '{"ipv4":["v4a"],"ipv6":["v6a"]}' } });
  assert.deepEqual(await database.restart({ annotations: v4a }), ["eth0 10.1.0.10/24 v4a"]);
  assert.deepEqual(database.cluster.held(), ["v4a 10.1.0.10 ns1/db-0 eth0"]);
});

testIpam("affinities, full and disabled pools do not take an address from who has it", async () => {
  await using database = await Database.start({ annotations: v4a });
  const change = (cluster: Cluster) =>
    cluster.patch(`${spiderpool}/spiderippools/v4a`, {
      spec: { disable: true, nodeName: ["n9"], excludeIPs: ["10.1.0.10-10.1.0.12"] },
    });
  assert.deepEqual(await database.restart({ annotations: v4a, change }), ["eth0 10.1.0.10/24 v4a"]);
});

testIpam(
  "ipam row 83: the pool is no longer the cluster's default, and nothing else is said: the address stays",
  async () => {
    await using database = await Database.start({ change: makeDefault("v4a", true) });
    assert.deepEqual(await database.restart({ change: makeDefault("v4a", false) }), ["eth0 10.1.0.10/24 v4a"]);
  },
);

const networks = { "k8s.v1.cni.cncf.io/networks": "b/n2" };
const unnamed = { annotations: { ippools: '[{"ipv4":["v4a"]},{"ipv4":["v4b"]}]', ...networks } };

testIpam("ipam row 82: NICs that are only counted keep their addresses over a restart", async () => {
  await using database = await Database.start(unnamed);
  const { cluster } = database;
  const both = ["eth0 10.1.0.10/24 v4a", "net1 10.2.0.10/24 v4b"];
  const held = ["v4a 10.1.0.10 ns1/db-0 eth0", "v4b 10.2.0.10 ns1/db-0 net1"];
  assert.deepEqual(await database.restart(unnamed), both);
  assert.deepEqual(cluster.held(), held);
  // As upstream leaves it: the second NIC has had no ADD, and records do not tell NICs.
  for (const [pool, address] of [["v4a", "10.1.0.10"], ["v4b", "10.2.0.10"]] as const) {
    const { podUid } = cluster.records(pool)[address]!;
    await cluster.putRecords(pool, { [address]: { pod: "ns1/db-0", podUid } });
  }
  const [eth0, net1] = cluster.endpoint("db-0")!.status!.current.ips;
  await cluster.patch(`${spiderpool}/namespaces/ns1/spiderendpoints/db-0`, {
    status: { current: { ips: [eth0, { ...net1, interface: "" }] } },
  });
  assert.deepEqual(await database.restart(unnamed), both);
  assert.deepEqual(cluster.held(), held);
});

testIpam("ipam row 82: of NICs that are only counted, only the one that names another pool changes", async () => {
  await using database = await Database.start(unnamed);
  const then = { annotations: { ippools: '[{"ipv4":["v4b"]},{"ipv4":["v4b"]}]', ...networks } };
  assert.deepEqual((await database.restart(then)).toSorted(), ["eth0 10.2.0.11/24 v4b", "net1 10.2.0.10/24 v4b"]);
  assert.deepEqual(database.listed, ["eth0 10.2.0.11/24", "net1 10.2.0.10/24"]);
});

testIpam("a NIC that ippools names no more goes", async () => {
  const first = { ippools: '[{"interface":"eth0","ipv4":["v4a"]},{"interface":"net1","ipv4":["v4b"]}]', ...networks };
  await using database = await Database.start({ annotations: first });
  const then = { annotations: { ippools: '[{"interface":"eth0","ipv4":["v4a"]}]' } };
  assert.deepEqual(await database.restart(then), ["eth0 10.1.0.10/24 v4a"]);
  assert.deepEqual([database.cluster.held(), database.listed], [
    ["v4a 10.1.0.10 ns1/db-0 eth0"],
    ["eth0 10.1.0.10/24"],
  ]);
});

testIpam(
  "each NIC follows its own CNI configuration: one changes at its own ADD, the other keeps its address",
  async () => {
    const eth0 = { cni: { defaultIPv4IPPool: ["v4a"] } };
    await using database = await Database.start(eth0);
    const { agent, cluster } = database;
    const first = await database.made(eth0);
    await agent.add(first);
    await agent.add({ ...first, ifName: "net1", defaultIPv4IPPool: ["v4a"] });
    assert.deepEqual(database.listed, ["eth0 10.1.0.10/24", "net1 10.1.0.11/24"]);
    const request = await database.made(eth0);
    await agent.add(request);
    assert.deepEqual(database.listed, ["eth0 10.1.0.10/24", "net1 10.1.0.11/24"], "nobody knows of net1 yet");
    const net1 = { ...request, ifName: "net1", defaultIPv4IPPool: ["v4b"] };
    assert.deepEqual(await agent.addresses(net1), ["net1 10.2.0.10/24 v4b", "eth0 10.1.0.10/24 v4a"]);
    assert.deepEqual(cluster.held(), ["v4a 10.1.0.10 ns1/db-0 eth0", "v4b 10.2.0.10 ns1/db-0 net1"]);
    const moved = { ...net1, containerID: "c9", defaultIPv4IPPool: ["v4a"] };
    assert.deepEqual((await agent.addresses(moved))[0], "net1 10.2.0.10/24 v4b", "this start has been decided");
  },
);
