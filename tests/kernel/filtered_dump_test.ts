/** A node with thousands of routes that are not ours: the kernel is asked for those that are, and counted is what it sends. */
import assert from "node:assert/strict";
import { formatPrefix, parseAddress } from "../../net/ip/mod.ts";
import { type RouteNetlink, routeNetlinkOver } from "../../net/netlink/mod.ts";
import { mergeSettings } from "../../plugins/coordinator/merge.ts";
import { observe as observeCall } from "../../plugins/coordinator/observe.ts";
import { exampleAgent } from "../../plugins/coordinator/plan_fixture.ts";
import { randomMac } from "../../plugins/coordinator/random_mac.ts";
import { observeRemoval } from "../../plugins/coordinator/observe_removal.ts";
import { planRemoval } from "../../plugins/coordinator/plan_removal.ts";
import { observe } from "../../plugins/ifacer/observe.ts";
import type { Observed } from "../../plugins/ifacer/observed.ts";
import { formatStep } from "../../net/steps/mod.ts";
import { IF_OPER } from "../../net/uapi/mod.ts";
import { CoordinatorStage } from "../shared/coordinator_stage.ts";
import { NetlinkRecorder } from "../shared/netlink_recorder.ts";
import { needsNetns, netnsTest, TestNetns } from "../shared/netns.ts";
import { testUnless } from "../shared/skip.ts";

const OTHERS = 2000;

/** Routes and neighbors by `cali1` and `ens5`; table 600 has thousands. One route of each family has two ways. */
function fill(netns: TestNetns): void {
  const commands = [
    "link add cali1 up type veth peer name pod1",
    "link add ens5 up type veth peer name wire5",
    "link set pod1 up",
    "link set wire5 up",
    "addr add 10.0.0.1/24 dev ens5",
    "addr add fd00::1/64 dev ens5 nodad",
    "addr add fd03::1/64 dev cali1 nodad",
    "route add 172.22.17.51 dev cali1 table 500",
    "route add 172.22.17.52 dev ens5 table 500",
    "route add fd22::51 dev cali1 table 500",
    "route add 10.5.0.0/16 table 601 nexthop via 10.0.0.2 dev ens5 nexthop dev cali1",
    "route add fd05::/64 table 601 nexthop via fd00::2 dev ens5 nexthop via fd03::2 dev cali1",
    "neigh add 172.22.17.51 lladdr 02:00:00:00:00:51 nud permanent dev cali1",
    "neigh add fd22::51 lladdr 02:00:00:00:00:51 nud permanent dev cali1",
    ...othersBy("ens5"),
    ...Array.from({ length: 200 }, (_, i) => `neigh add 10.0.1.${i} lladdr 02:00:00:00:00:07 nud permanent dev ens5`),
  ];
  runBatch(netns, commands);
}

/** Thousands of routes of each family, in table 600. */
function othersBy(link: string): string[] {
  const destinations = Array.from(
    { length: OTHERS },
    (_, i) => [`10.9.${i >> 8}.${i & 255}`, `fd09::${i.toString(16)}`],
  );
  return destinations.flat().map((destination) => `route add ${destination} dev ${link} table 600`);
}

function runBatch(netns: TestNetns, commands: readonly string[]): void {
  const path = Deno.makeTempFileSync();
  try {
    Deno.writeTextFileSync(path, commands.join("\n"));
    netns.ip("-batch", path);
  } finally {
    Deno.removeSync(path);
  }
}

interface Recorded extends Disposable {
  readonly nl: RouteNetlink;
  /** How many messages the kernel sent for `action`. */
  count(action: () => unknown): number;
}

function record(netns: TestNetns, options: { strict?: boolean } = {}): Recorded {
  const recorder = netns.run(() => new NetlinkRecorder(options));
  const nl = routeNetlinkOver(recorder);
  return {
    nl,
    count(action) {
      recorder.messages.length = 0;
      action();
      return recorder.messages.length;
    },
    [Symbol.dispose]: () => nl[Symbol.dispose](),
  };
}

/** What a filter finds, and how many messages the kernel sends for it. */
const filters = [
  { name: "one table", filter: { table: 500 }, want: ["172.22.17.51/32", "172.22.17.52/32", "fd22::51/128"] },
  {
    name: "one link of all tables, also where it is one of several ways",
    filter: { table: "all", link: "cali1" },
    want: ["10.5.0.0/16", "172.22.17.51/32", "fd05::/64", "fd22::51/128"],
  },
  { name: "one link of one table", filter: { table: 500, link: "ens5" }, want: ["172.22.17.52/32"] },
  { name: "a table that is not there", filter: { table: 4711 }, want: [] },
] as const;

function list(nl: RouteNetlink, { table, link }: { table: number | "all"; link?: string }): string[] {
  return nl.routes({ table, ...(link === undefined ? {} : { index: nl.linkByName(link).index }) })
    .filter((route) => route.table !== 255 && !/^fe80:|^fd03:/.test(formatPrefix(route.destination)))
    .map(({ destination }) => formatPrefix(destination)).sort();
}

/** Waits until the kernel has noticed that the other end of a link is down: it does so in its own time. */
async function untilDown(nl: RouteNetlink, name: string): Promise<void> {
  const deadline = performance.now() + 60_000;
  while (nl.linkByName(name).operState !== IF_OPER.LOWERLAYERDOWN) {
    assert.ok(performance.now() < deadline, `${name} still has a carrier`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

netnsTest("routes() of a part asks the kernel for that part alone", (netns) => {
  fill(netns);
  using recorded = record(netns);
  for (const { name, filter, want } of filters) {
    const count = recorded.count(() => assert.deepEqual(list(recorded.nl, filter), want, name));
    assert.ok(count < 30, `${name}: ${count} messages`);
  }
  assert.ok(recorded.count(() => recorded.nl.routes({ table: "all" })) > 2 * OTHERS);
});

netnsTest("routes() of a part is the same where the kernel sends everything", (netns) => {
  fill(netns);
  using recorded = record(netns, { strict: false });
  for (const { name, filter, want } of filters) {
    const count = recorded.count(() => assert.deepEqual(list(recorded.nl, filter), want, name));
    assert.ok(count > 2 * OTHERS, `${name}: ${count} messages`);
  }
});

netnsTest("routes() and neighbors() of a link that is gone are none", (netns) => {
  using nl = netns.open();
  assert.deepEqual([nl.routes({ table: "all", index: 4711 }), nl.neighbors({ index: 4711 })], [[], []]);
});

netnsTest("neighbors() of a link asks the kernel for those alone", (netns) => {
  fill(netns);
  using recorded = record(netns);
  const { index } = recorded.nl.linkByName("cali1");
  const count = recorded.count(() => assert.ok(recorded.nl.neighbors({ index }).length >= 2));
  assert.ok(count < 20, `${count} messages`);
});

const removals = [
  { name: "with its Pod", firstLink: true, down: false },
  { name: "without its Pod, by a link whose other end is gone", firstLink: false, down: true },
];
for (const { name, firstLink, down } of removals) {
  testUnless(needsNetns(), {
    name: `DEL ${name} receives few messages on a node with many routes`,
    async fn() {
      using netns = new TestNetns();
      fill(netns);
      using recorded = record(netns);
      const { nl } = recorded;
      if (down) {
        netns.ip("link", "set", "pod1", "down");
        await untilDown(nl, "cali1");
      }
      const leaving = {
        containerId: "0a1b2c3d4e5f",
        addresses: ["172.22.17.51", "fd22::51"].map(parseAddress),
        firstLink: firstLink ? nl.linkByName("pod1") : undefined,
      };
      const steps: string[] = [];
      const count = recorded.count(() =>
        steps.push(...planRemoval({ ...leaving, host: observeRemoval(nl, leaving) }).map(formatStep))
      );
      assert.deepEqual(steps, [
        "ip route del 172.22.17.51 dev cali1 table 500",
        "ip route del fd22::51 dev cali1 table 500",
        "ip neigh del 172.22.17.51 dev cali1",
        "ip neigh del fd22::51 dev cali1",
      ]);
      assert.ok(count < 60, `${count} messages`);
    },
  });
}

netnsTest("ifacer's ADD receives few messages on a node with many routes", (netns) => {
  fill(netns);
  netns.ip(..."route add default via 10.0.0.2 dev ens5 table 700".split(" "));
  using recorded = record(netns);
  const bond = {
    name: "bond7",
    mode: 1,
    members: ["pod1", "cali1"],
    primary: undefined,
    activeMember: undefined,
    options: {},
  };
  const found: Observed[] = [];
  const count = recorded.count(() => found.push(observe(recorded.nl, { bond, vlan: undefined })));
  assert.ok(count < 60, `${count} messages`);
  const tables = found.flatMap(({ routes }) => routes.map(({ table }) => table)).filter((table) => table !== 255);
  assert.deepEqual(new Set(tables), new Set([254, 500, 601])); // by its members
});

testUnless(needsNetns(), {
  name: "coordinator's ADD receives few messages on a node with many routes",
  fn() {
    using stage = new CoordinatorStage();
    const pod = stage.addPod();
    stage.addMacvlan(pod, { name: "eth0", parent: "ens5", prefixes: ["172.22.17.50/20"], gateways: ["172.22.16.1"] });
    runBatch(stage.node, othersBy("ens5"));
    using recorded = record(stage.node);
    using opened = stage.open(pod);
    const kernel = { pod: opened.kernel.pod, host: { ...opened.kernel.host, netlink: recorded.nl } };
    const settings = mergeSettings({}, exampleAgent);
    const newVeth = { pod: randomMac(), host: randomMac() };
    const attachment = { containerId: pod.containerId, ifname: "eth0", newVeth };
    const count = recorded.count(() => observeCall(kernel, { settings, attachment }));
    assert.ok(count < 200, `${count} messages`);
  },
});
