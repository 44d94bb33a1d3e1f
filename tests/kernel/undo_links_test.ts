import assert from "node:assert/strict";
import { parseAddress, parsePrefix } from "../../net/ip/mod.ts";
import { StepRun } from "../../net/steps/mod.ts";
import { parseMac } from "../../net/wire/mod.ts";
import { needsNetns } from "../shared/netns.ts";
import { testUnless } from "../shared/skip.ts";
import { type UndoCase, UndoStage, undoTest } from "./undo_case.ts";

const mac = parseMac("02:00:00:00:00:01");
const end = { name: "veth0", address: mac, mtu: 1400 };
const change = { do: "changeLink", place: "host", link: "eth0" } as const;
const write = { do: "writeSysctl", place: "host" } as const;

const cases: readonly UndoCase[] = [
  { name: "nothing", step: { do: "createVeth", place: "pod", end, peer: { ...end, name: "peer0" } } },
  {
    name: "that it is down",
    before: ["link set eth0 down"],
    step: { ...change, to: { up: true }, from: { up: false } },
  },
  {
    name: "addresses of a link that is down",
    before: ["link set eth0 down", "addr add fd00::6/64 dev eth0", "addr add 10.0.0.6/24 dev eth0"],
    step: { ...change, to: { up: true }, from: { up: false } },
  },
  {
    name: "addresses and routes",
    before: [
      "route add 10.9.0.0/16 via 10.0.0.1",
      "-6 route add fd09::/64 via fd00::1 table 77",
      "route add 10.8.0.1 dev eth0",
    ],
    step: { ...change, to: { up: false }, from: { up: true } },
  },
  { name: "what it was", step: { ...change, to: { mtu: 1300 }, from: { mtu: 1500 } } },
  { name: "what it was", step: { ...change, to: { txQueueLength: 7 }, from: { txQueueLength: 1000 } } },
  {
    name: "what it was",
    before: ["link set eth0 address 02:00:00:00:00:77"],
    step: { ...change, to: { address: mac }, from: { address: parseMac("02:00:00:00:00:77") } },
  },
  {
    name: "that it is part of nothing",
    before: ["link add br0 address 02:00:00:00:00:78 type bridge"],
    step: { ...change, to: { master: "br0" }, from: { master: "" } },
  },
  { name: "nothing", step: { do: "addAddress", place: "host", link: "eth0", prefix: parsePrefix("169.254.9.1/32") } },
  { name: "nothing", step: { do: "addAddress", place: "host", link: "eth0", prefix: parsePrefix("fd00::7/128") } },
  {
    name: "the address that was there",
    step: { do: "addAddress", place: "host", link: "eth0", prefix: parsePrefix("10.0.0.5/24") },
    idle: true,
  },
  { name: "what it was", step: { ...write, key: "net/ipv4/conf/eth0/rp_filter", value: "2", from: "0" } },
  { name: "nothing", step: { do: "deleteLink", place: "host", link: "gone0" }, idle: true },
];
cases.forEach(undoTest);

testUnless(needsNetns(), {
  name: "undo of disable_ipv6=0 of all links leaves a link with IPv6 its setting, addresses and routes",
  fn() {
    using stage = new UndoStage();
    const { host } = stage.kernel;
    const set = (link: string, value: string) => host.writeSysctl(`net/ipv6/conf/${link}/disable_ipv6`, value);
    stage.host.ip(..."link add eth0 type veth peer name eth1".split(" "));
    set("all", "1");
    set("eth0", "0");
    for (const link of ["eth1", "eth0"]) stage.host.ip("link", "set", link, "up");
    stage.host.ip(..."addr add fd00::5/64 dev eth0 nodad".split(" "));
    stage.host.ip(..."-6 route add fd09::/64 via fd00::1".split(" "));
    const before = stage.state();
    const run = new StepRun(stage.kernel);
    run.apply([{ ...write, key: "net/ipv6/conf/all/disable_ipv6", value: "0", from: "1" }]);
    assert.notDeepEqual(stage.state(), before);
    assert.deepEqual(run.undo(), []);
    assert.deepEqual(stage.state(), before);
  },
});

testUnless(needsNetns(), {
  name: "a change of a link that is refused half way is taken back",
  fn() {
    using stage = new UndoStage();
    stage.host.ip(..."link add eth0 address 02:00:00:00:00:77 type veth peer name eth1".split(" "));
    const before = stage.state();
    // the kernel takes the address, then refuses the MTU
    const from = { address: parseMac("02:00:00:00:00:77"), mtu: 1500 };
    const step = { ...change, to: { address: mac, mtu: 7 }, from };
    assert.throws(() => new StepRun(stage.kernel).apply([step]), { name: "StepError" });
    assert.deepEqual(stage.state(), before);
  },
});

testUnless(needsNetns(), {
  name: "undo of marked connections leaves a family that was marked before",
  fn() {
    using stage = new UndoStage();
    const netfilter = stage.kernel.pod.netfilter();
    const marked = () => ([4, 6] as const).filter((family) => netfilter.marksConnections(family));
    netfilter.markConnections([4], { link: "veth0", mark: 1 });
    const run = new StepRun(stage.kernel);
    run.apply([{ do: "markConnections", place: "pod", rules: { families: [6], link: "veth0", mark: 1 } }]);
    assert.deepEqual(marked(), [4, 6]);
    assert.deepEqual(run.undo(), []);
    assert.deepEqual(marked(), [4]);
  },
});

testUnless(needsNetns(), {
  name: "undo leaves a rule that others share, and a left-over link stays deleted",
  fn() {
    using stage = new UndoStage();
    stage.host.ip(..."link add old0 type veth peer name old1".split(" "));
    const run = new StepRun(stage.kernel);
    run.apply([
      { do: "addRule", place: "host", rule: { family: 4, priority: 1000, table: 500 }, shared: true },
      { do: "deleteLink", place: "host", link: "old0" },
    ]);
    const after = stage.state();
    assert.deepEqual(run.undo(), []);
    assert.deepEqual(stage.state(), after);
  },
});

testUnless(needsNetns(), {
  name: "undo goes on where a link of a step has gone meanwhile",
  fn() {
    using stage = new UndoStage();
    stage.host.ip(..."link add eth0 up type veth peer name eth1".split(" "));
    stage.host.ip(..."link add eth2 type veth peer name eth3".split(" "));
    const run = new StepRun(stage.kernel);
    const destination = parseAddress("10.0.0.9");
    run.apply([
      { do: "changeLink", place: "host", link: "eth2", to: { up: true }, from: { up: false } },
      { do: "setNeighbor", place: "host", link: "eth0", destination, lladdr: mac },
      { do: "addRoute", place: "host", route: { destination: parsePrefix("10.9.0.1/32"), link: "eth0", table: 500 } },
    ]);
    stage.host.ip("link", "del", "eth0");
    assert.deepEqual(run.undo(), []);
    assert.equal(stage.kernel.host.netlink.linkByName("eth2").up, false);
  },
});
