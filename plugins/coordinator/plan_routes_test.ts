/** Which link of a Pod has which table, and which has the default route. */
import assert from "node:assert/strict";
import { type PlanExcerpt, testExcerpts } from "./plan_excerpt.ts";
import { first, overlay, planOf, second, third, withPod } from "./plan_fixture.ts";

testExcerpts([
  {
    name: "60: a third link has table 102",
    observed: third,
    only: /table 102|lookup|del/,
    want: [
      "ip -n pod route add 10.77.0.11 dev veth0 scope link src 172.22.17.50 table 102",
      "ip -n pod route add 172.22.16.11 dev veth0 scope link src 172.22.17.50 table 102",
      "ip -n pod route add 10.160.0.0/16 via 172.22.16.11 dev veth0 src 172.22.17.50 table 102",
      "ip -n pod route add 10.150.0.0/16 via 172.22.16.11 dev veth0 src 172.22.17.50 table 102",
      "ip -n pod route add 169.254.25.0/24 via 172.22.16.11 dev veth0 src 172.22.17.50 table 102",
      "ip -n pod rule add from 10.88.0.50 lookup 102",
      "ip -n pod route add default via 10.88.0.1 dev net2 table 102",
      "ip -n pod route del default via 10.88.0.1 dev net2",
    ],
  },
  {
    name: "77: tunePodRoutes false: no rule from an address, no move",
    conf: { tunePodRoutes: false },
    observed: overlay,
    only: /rule|table|del|net1/,
    want: [
      "ip -n pod route add 172.22.16.11 dev eth0 scope link src 10.160.4.23 table 101",
      "ip -n pod route add 10.77.0.11 dev eth0 scope link src 10.160.4.23 table 101",
      "ip rule add from all pref 1000 lookup 500",
      "ip route add 172.22.17.51 dev cali0a1b2c3d4e5 scope link table 500",
    ],
  },
  {
    name: "78: no other link has a default route: main stays",
    observed: withPod(overlay, { routes: ["169.254.1.1 dev eth0", "default via 172.22.16.1 dev net1"] }),
    only: /rule add from \d|del|net1/,
    want: [],
  },
  {
    name: "79: podDefaultRouteNic is the current link: the other's routes move",
    conf: { podDefaultRouteNic: "net1" },
    observed: overlay,
    only: /rule add from \d|default|169\.254\.1\.1/,
    want: [
      "ip -n pod rule add from 10.160.4.23 lookup 101",
      "ip -n pod route add 169.254.1.1 dev eth0 scope link table 101",
      "ip -n pod route add default via 169.254.1.1 dev eth0 table 101",
      "ip -n pod route del default via 169.254.1.1 dev eth0",
    ],
  },
  {
    name: "80: podDefaultRouteNic is of a later network: the first link keeps the default for now",
    conf: { podDefaultRouteNic: "net2" },
    observed: overlay,
    only: /rule add from \d|del/,
    want: [
      "ip -n pod rule add from 172.22.17.51 lookup 101",
      "ip -n pod route del default via 172.22.16.1 dev net1",
      "ip -n pod rule add from 10.160.4.23 lookup 100",
    ],
  },
  {
    name: "80: podDefaultRouteNic is a third link with a default route: both others have tables of their own",
    conf: { podDefaultRouteNic: "net1" },
    observed: withPod(third, { routes: [...(third.pod.routes ?? []), "default via 10.77.0.1 dev net1 metric 5"] }),
    only: /rule add from \d|default/,
    want: [
      "ip -n pod rule add from 10.88.0.50 lookup 102",
      "ip -n pod route add default via 10.88.0.1 dev net2 table 102",
      "ip -n pod route del default via 10.88.0.1 dev net2",
      "ip -n pod rule add from 172.22.17.50 lookup 103",
      "ip -n pod route add default via 172.22.16.1 dev eth0 table 103",
      "ip -n pod route del default via 172.22.16.1 dev eth0",
    ],
  },
  {
    name: "81: of two IPv6 defaults in one route the current link's moves",
    observed: withPod(second, {
      links: second.pod.links.map((link) => link.includes("net1") ? `${link} fd00:77::50/64` : link),
      routes: ["::/0 nexthop via fd22:16::1 dev eth0 nexthop via fd00:77::1 dev net1"],
    }),
    only: /::\/0/,
    want: [
      "ip -n pod route add ::/0 via fd00:77::1 dev net1 metric 1024 table 101",
      "ip -n pod route del ::/0 via fd00:77::1 dev net1 metric 1024",
    ],
  },
  {
    name: "81: of two IPv4 next hops the other stays",
    observed: withPod(second, { routes: ["default nexthop via 172.22.16.1 dev eth0 nexthop via 10.77.0.1 dev net1"] }),
    only: /default/,
    want: [
      "ip -n pod route add default via 10.77.0.1 dev net1 table 101",
      "ip -n pod route replace default nexthop via 172.22.16.1 dev eth0",
    ],
  },
  {
    name: "81: metric and mtu go with a moved route",
    observed: withPod(overlay, {
      routes: [
        "default via 169.254.1.1 dev eth0",
        "169.254.1.1 dev eth0",
        "default via 172.22.16.1 dev net1 metric 7 mtu 1400",
      ],
    }),
    only: /net1/,
    want: [
      "ip -n pod route add default via 172.22.16.1 dev net1 metric 7 mtu 1400 table 101",
      "ip -n pod route del default via 172.22.16.1 dev net1 metric 7 mtu 1400",
    ],
  },
  {
    name: "82: policyRoutes of the first underlay link are in main",
    conf: { policyRoutes: [{ dst: "10.9.1.2/16", gw: "172.22.16.2" }, { dst: "fd99::", gw: "fd22:16::2" }] },
    observed: first,
    only: /10\.9|fd99/,
    want: [
      "ip -n pod route add 10.9.0.0/16 via 172.22.16.2 dev eth0",
      "ip -n pod route add fd99:: via fd22:16::2 dev eth0",
    ],
  },
  ...[second, overlay].map((observed, i): PlanExcerpt => ({
    name: `82: policyRoutes of a further link are in its table, ${["underlay", "overlay"][i]}`,
    conf: { policyRoutes: [{ dst: "10.9.0.0/16", gw: "10.77.0.2" }, { dst: "fd99::/64", gw: "fd22:16::2" }] },
    observed,
    only: /10\.9|fd99/,
    want: ["ip -n pod route add 10.9.0.0/16 via 10.77.0.2 dev net1 table 101"],
  })),
]);

Deno.test("plugins row 80: a later link is told, and so is a family without a way through the node", () => {
  assert.deepEqual(planOf({ conf: { podDefaultRouteNic: "net2" }, observed: overlay }).warnings, [
    "net2 is not there yet: eth0 keeps the default route",
  ]);
  const host = { links: ["2 ens5 ether 02:00:00:00:00:05 172.22.16.11/20"] };
  assert.deepEqual(planOf({ observed: { ...first, host } }).warnings, [
    "the node has no IPv6 address: no IPv6 prefix is reached through it",
  ]);
});
