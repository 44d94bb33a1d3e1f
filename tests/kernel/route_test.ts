import assert from "node:assert/strict";
import { formatPrefix, parseAddress, parsePrefix } from "../../net/ip/mod.ts";
import { NetlinkError, type RouteNetlink } from "../../net/netlink/mod.ts";
import { netnsTest, type TestNetns } from "../shared/netns.ts";

/** Makes up links `eth0` and `eth1` with addresses; gives their indexes. */
function makeLinks(nl: RouteNetlink): { eth0: number; eth1: number } {
  nl.createVeth({ name: "eth0", up: true, peer: { name: "eth1" } });
  const [eth0, eth1] = [nl.linkByName("eth0").index, nl.linkByName("eth1").index];
  nl.setLinkUp(eth1);
  nl.addAddress({ index: eth0, prefix: parsePrefix("10.0.0.5/24") });
  nl.addAddress({ index: eth1, prefix: parsePrefix("10.0.1.5/24") });
  nl.addAddress({ index: eth0, prefix: parsePrefix("fd00::5/64"), flags: 0x02 });
  nl.addAddress({ index: eth1, prefix: parsePrefix("fd01::5/64"), flags: 0x02 });
  return { eth0, eth1 };
}

interface IpRoute {
  readonly type: string;
  readonly dst: string;
  readonly gateway?: string;
  readonly dev?: string;
  readonly prefsrc?: string;
  readonly metric?: number;
  readonly scope: string;
  readonly protocol: string;
  readonly metrics?: readonly { readonly mtu?: number }[];
  readonly nexthops?: readonly { readonly gateway?: string; readonly dev: string; readonly weight: number }[];
}

/** `ip route show table TABLE`, without what the kernel itself sets. */
function ipRoutes(netns: TestNetns, ...args: readonly string[]): IpRoute[] {
  const routes = netns.ip(...args) as IpRoute[]; // iproute2's shape
  return routes.filter(({ protocol }) => protocol !== "kernel");
}

netnsTest("addRoute() sets gateway, source, metric, MTU and table", (netns) => {
  using nl = netns.open();
  const { eth0 } = makeLinks(nl);
  nl.addRoute({
    destination: parsePrefix("10.9.0.0/16"),
    gateway: parseAddress("10.0.0.1"),
    index: eth0,
    preferredSource: parseAddress("10.0.0.5"),
    priority: 50,
    metrics: { mtu: 1300 },
    table: 500,
  });
  const [route] = ipRoutes(netns, "-4", "route", "show", "table", "500");
  assert.deepEqual([route?.type, route?.dst, route?.gateway, route?.dev], [
    "unicast",
    "10.9.0.0/16",
    "10.0.0.1",
    "eth0",
  ]);
  assert.deepEqual([route?.prefsrc, route?.metric, route?.metrics?.[0]?.mtu], ["10.0.0.5", 50, 1300]);
  assert.deepEqual([route?.scope, route?.protocol], ["global", "boot"]);
});

netnsTest("addRoute() without gateway is of scope link; a default route has no destination", (netns) => {
  using nl = netns.open();
  const { eth0 } = makeLinks(nl);
  nl.addRoute({ destination: parsePrefix("10.8.0.1/32"), index: eth0 });
  nl.addRoute({ destination: parsePrefix("0.0.0.0/0"), gateway: parseAddress("10.0.0.1") });
  nl.addRoute({ destination: parsePrefix("::/0"), gateway: parseAddress("fd00::1") });
  const told = ipRoutes(netns, "-4", "route", "show").map(({ dst, scope, dev }) => [dst, scope, dev]);
  assert.deepEqual(told, [["default", "global", "eth0"], ["10.8.0.1", "link", "eth0"]]);
  const [six] = ipRoutes(netns, "-6", "route", "show", "default");
  assert.deepEqual([six?.gateway, six?.dev, six?.metric], ["fd00::1", "eth0", 1024]);
});

netnsTest("routes() tells what was set and can set it again", (netns) => {
  using nl = netns.open();
  const { eth0, eth1 } = makeLinks(nl);
  nl.addRoute({ destination: parsePrefix("10.9.0.0/16"), gateway: parseAddress("10.0.0.1"), priority: 7, table: 101 });
  nl.addRoute({ destination: parsePrefix("fd09::/48"), gateway: parseAddress("fd00::1"), table: 101 });
  nl.addRoute({ destination: parsePrefix("10.7.0.0/16"), gateway: parseAddress("fd00::1"), index: eth0, table: 101 });
  nl.addRoute({
    destination: parsePrefix("10.6.0.0/16"),
    table: 101,
    nextHops: [
      { index: eth0, gateway: parseAddress("10.0.0.1"), weight: 3 },
      { index: eth1, gateway: parseAddress("10.0.1.1") },
    ],
  });
  const routes = nl.routes({ table: 101 });
  assert.equal(routes.length, 4);
  for (const route of routes) nl.addRoute({ ...route, table: 102 });
  const args = ["-4", "route", "show", "table"];
  assert.deepEqual(ipRoutes(netns, ...args, "102"), ipRoutes(netns, ...args, "101"));
  assert.deepEqual(nl.routes({ table: 102 }), routes.map((route) => ({ ...route, table: 102 })));
  for (const route of nl.routes({ table: 102 })) nl.deleteRoute(route);
  assert.deepEqual(nl.routes({ table: 102 }), []);
});

netnsTest("routes() filters by family, table and link", (netns) => {
  using nl = netns.open();
  const { eth0, eth1 } = makeLinks(nl);
  nl.addRoute({ destination: parsePrefix("10.9.0.0/16"), index: eth1, table: 101 });
  const text = (filter: Parameters<RouteNetlink["routes"]>[0]) =>
    nl.routes(filter).map(({ destination }) => formatPrefix(destination));
  assert.deepEqual(text({ family: 4 }), ["10.0.0.0/24", "10.0.1.0/24"]);
  assert.deepEqual(text({ family: 4, index: eth0 }), ["10.0.0.0/24"]);
  assert.deepEqual(text({ table: 101 }), ["10.9.0.0/16"]);
  assert.deepEqual(text({ table: 4000 }), []);
  assert.ok(nl.routes({ family: 4, table: "all" }).some(({ table }) => table === 255));
});

netnsTest("two IPv6 defaults of equal metric are one multipath route, and can be taken apart", (netns) => {
  using nl = netns.open();
  const { eth0, eth1 } = makeLinks(nl);
  const destination = parsePrefix("::/0");
  nl.addRoute({ destination, gateway: parseAddress("fd00::1"), index: eth0 });
  nl.appendRoute({ destination, gateway: parseAddress("fd01::1"), index: eth1 });
  const defaults = () => nl.routes({ family: 6 }).filter((route) => route.destination.length === 0);
  assert.deepEqual(defaults().map(({ nextHops }) => nextHops.map(({ index }) => index)), [[eth0, eth1]]);
  nl.deleteRoute({ destination, gateway: parseAddress("fd00::1"), index: eth0 });
  assert.deepEqual(defaults().map(({ index, nextHops }) => [index, nextHops]), [[eth1, []]]);
});

netnsTest("addRoute() again is EEXIST, replaceRoute() replaces, deleteRoute() of none is ESRCH", (netns) => {
  using nl = netns.open();
  makeLinks(nl);
  for (
    const [to, first, second] of [["10.9.0.0/16", "10.0.0.1", "10.0.1.1"], ["fd09::/48", "fd00::1", "fd01::1"]] as const
  ) {
    const destination = parsePrefix(to);
    nl.addRoute({ destination, gateway: parseAddress(first) });
    assert.throws(() => nl.addRoute({ destination, gateway: parseAddress(first) }), { code: "EEXIST" });
    nl.replaceRoute({ destination, gateway: parseAddress(second) });
    const [route] = nl.routes().filter((found) => formatPrefix(found.destination) === to);
    assert.deepEqual(route?.gateway, parseAddress(second));
    nl.deleteRoute({ destination });
    assert.throws(() => nl.deleteRoute({ destination }), { code: "ESRCH", operation: "delete route" });
  }
});

netnsTest("addRoute() tells the kernel's words", (netns) => {
  using nl = netns.open();
  makeLinks(nl);
  const spec = { destination: parsePrefix("10.9.0.0/16"), gateway: parseAddress("10.77.0.1") };
  assert.throws(() => nl.addRoute(spec), (error) => {
    assert.ok(error instanceof NetlinkError);
    assert.equal(
      error.message,
      "Cannot add route 10.9.0.0/16 via 10.77.0.1 in table 254: ENETUNREACH (Nexthop has invalid gateway)",
    );
    return true;
  });
});

netnsTest("lookupRoute() finds link, source and table", (netns) => {
  using nl = netns.open();
  const { eth0 } = makeLinks(nl);
  nl.addRoute({ destination: parsePrefix("0.0.0.0/0"), gateway: parseAddress("10.0.0.1") });
  for (const [to, source] of [["198.51.100.1", "10.0.0.5"], ["fd00::77", "fd00::5"]] as const) {
    const route = nl.lookupRoute(parseAddress(to));
    assert.deepEqual([route.index, route.preferredSource, route.table], [eth0, parseAddress(source), 254]);
  }
  assert.throws(() => nl.lookupRoute(parseAddress("2001:db8::1")), { name: "NetlinkError", code: "ENETUNREACH" });
});

interface IpRule {
  readonly priority: number;
  readonly src: string;
  readonly srclen?: number;
  readonly dst?: string;
  readonly fwmark?: string;
  readonly fwmask?: string;
  readonly table: string;
}

netnsTest("rules: add, list, delete", (netns) => {
  using nl = netns.open();
  nl.addRule({ family: 4, priority: 1000, mark: 1, mask: 1, table: 100 });
  nl.addRule({ family: 4, source: parsePrefix("10.0.0.5/32"), table: 500 });
  nl.addRule({ family: 6, priority: 900, destination: parsePrefix("fd00::/64"), table: 500 });
  const told = (family: string) => netns.ip(family, "rule", "show") as IpRule[]; // iproute2's shape
  assert.deepEqual(told("-4").map(({ priority, src, table }) => [priority, src, table]), [
    [0, "all", "local"],
    [999, "10.0.0.5", "500"],
    [1000, "all", "100"],
    [32766, "all", "main"],
    [32767, "all", "default"],
  ]);
  assert.deepEqual(told("-4")[2]?.fwmark, "0x1");
  assert.deepEqual(told("-6")[1]?.dst, "fd00::");
  assert.deepEqual(nl.rules({ family: 4 }).map(({ priority, table }) => [priority, table]), [
    [0, 255],
    [999, 500],
    [1000, 100],
    [32766, 254],
    [32767, 253],
  ]);
  assert.throws(() => nl.addRule({ family: 4, priority: 1000, mark: 1, mask: 1, table: 100 }), { code: "EEXIST" });
  for (const rule of nl.rules().filter(({ table }) => table < 253 || table === 500)) nl.deleteRule(rule);
  assert.deepEqual(nl.rules().map(({ priority }) => priority), [0, 32766, 32767, 0, 32766]);
  assert.throws(() => nl.deleteRule({ family: 4, priority: 1000 }), { code: "ENOENT", operation: "delete rule" });
});
