import assert from "node:assert/strict";
import { formatMac } from "../../net/wire/mod.ts";
import {
  exampleHost,
  first,
  overlay,
  overlayPod,
  type PlanCase,
  planOf,
  second,
  stepsOf,
  third,
  withHost,
  withPod,
} from "./plan_fixture.ts";

interface Topology extends PlanCase {
  readonly name: string;
  readonly want: readonly string[];
}

const topologies: readonly Topology[] = [
  {
    name: "57: auto, eth0: underlay, dual stack",
    observed: first,
    want: [
      "ip -n pod link add veth0 address 3a:11:22:33:44:55 mtu 1500 type veth peer name veth5f1c9a7be20 address 5e:aa:bb:cc:dd:01 mtu 1500 netns host",
      "sysctl -w net/ipv6/conf/veth5f1c9a7be20/accept_ra=0",
      "sysctl -w net/ipv4/conf/veth5f1c9a7be20/rp_filter=0",
      "ip netns exec pod sysctl -w net/ipv4/conf/veth0/rp_filter=0",
      "ip link set veth5f1c9a7be20 up",
      "ip -n pod link set veth0 up",
      "ip neigh replace 172.22.17.50 lladdr 3a:11:22:33:44:55 dev veth5f1c9a7be20 nud permanent",
      "ip neigh replace fd22:16::1750 lladdr 3a:11:22:33:44:55 dev veth5f1c9a7be20 nud permanent",
      "ip -n pod neigh replace 172.22.16.11 lladdr 5e:aa:bb:cc:dd:01 dev veth0 nud permanent",
      "ip -n pod neigh replace fd22:16::11 lladdr 5e:aa:bb:cc:dd:01 dev veth0 nud permanent",
      "ip -n pod neigh replace 10.77.0.11 lladdr 5e:aa:bb:cc:dd:01 dev veth0 nud permanent",
      "ip -n pod route add 172.22.16.11 dev veth0 scope link src 172.22.17.50 table 101",
      "ip -n pod route add fd22:16::11 dev veth0 table 101",
      "ip -n pod route add 10.77.0.11 dev veth0 scope link src 172.22.17.50 table 101",
      "ip -n pod route add 172.22.16.11 dev veth0 scope link src 172.22.17.50",
      "ip -n pod route add fd22:16::11 dev veth0",
      "ip -n pod route add 10.77.0.11 dev veth0 scope link src 172.22.17.50",
      "ip rule add from all pref 1000 lookup 500",
      "ip -6 rule add from all pref 1000 lookup 500",
      "ip route add 172.22.17.50 dev veth5f1c9a7be20 scope link table 500",
      "ip route add fd22:16::1750 dev veth5f1c9a7be20 table 500",
      "ip -n pod route add 10.160.0.0/16 via 172.22.16.11 dev veth0 src 172.22.17.50",
      "ip -n pod route add 10.150.0.0/16 via 172.22.16.11 dev veth0 src 172.22.17.50",
      "ip -n pod route add fd10:150::/112 via fd22:16::11 dev veth0",
      "ip -n pod route add 169.254.25.0/24 via 172.22.16.11 dev veth0 src 172.22.17.50",
      "ip netns exec pod nft: ip,ip6 spiderpool: mark connections in by veth0 with 0x1",
      "ip -n pod route add default via 172.22.16.11 dev veth0 src 172.22.17.50 table 100",
      "ip -n pod rule add from all fwmark 0x1/0x1 pref 1000 lookup 100",
      "ip -n pod route add ::/0 via fd22:16::11 dev veth0 table 100",
      "ip -6 -n pod rule add from all fwmark 0x1/0x1 pref 1000 lookup 100",
    ],
  },
  {
    name: "58: auto, net1, veth0 present: underlay, table 101, a rule from its address",
    observed: second,
    want: [
      "ip neigh replace 10.77.0.50 lladdr 3a:11:22:33:44:55 dev veth5f1c9a7be20 nud permanent",
      "ip route add 10.77.0.50 dev veth5f1c9a7be20 scope link table 500",
      "ip -n pod route add 10.160.0.0/16 via 172.22.16.11 dev veth0 src 172.22.17.50 table 101",
      "ip -n pod route add 10.150.0.0/16 via 172.22.16.11 dev veth0 src 172.22.17.50 table 101",
      "ip -n pod route add 169.254.25.0/24 via 172.22.16.11 dev veth0 src 172.22.17.50 table 101",
      "ip -n pod rule add from 10.77.0.50 lookup 101",
      "ip -n pod route add 10.77.0.0/24 dev net1 scope link src 10.77.0.50 table 101",
      "ip -n pod route add default via 10.77.0.1 dev net1 table 101",
      "ip -n pod route del default via 10.77.0.1 dev net1",
    ],
  },
  {
    name: "59: auto, net1, no veth0: overlay",
    observed: overlay,
    want: [
      "ip neigh replace 172.22.17.51 lladdr c2:10:16:00:04:23 dev cali0a1b2c3d4e5 nud permanent",
      "ip -n pod neigh replace 172.22.16.11 lladdr ee:ee:ee:ee:ee:ee dev eth0 nud permanent",
      "ip -n pod neigh replace 10.77.0.11 lladdr ee:ee:ee:ee:ee:ee dev eth0 nud permanent",
      "ip -n pod route add 172.22.16.11 dev eth0 scope link src 10.160.4.23 table 101",
      "ip -n pod route add 10.77.0.11 dev eth0 scope link src 10.160.4.23 table 101",
      "ip -n pod route add 172.22.16.11 dev eth0 scope link src 10.160.4.23",
      "ip -n pod route add 10.77.0.11 dev eth0 scope link src 10.160.4.23",
      "ip rule add from all pref 1000 lookup 500",
      "ip route add 172.22.17.51 dev cali0a1b2c3d4e5 scope link table 500",
      "ip -n pod route add 10.160.0.0/16 via 172.22.16.11 dev eth0 src 10.160.4.23",
      "ip -n pod route add 10.150.0.0/16 via 172.22.16.11 dev eth0 src 10.160.4.23",
      "ip -n pod route add 169.254.25.0/24 via 172.22.16.11 dev eth0 src 10.160.4.23",
      "ip -n pod rule add from 172.22.17.51 lookup 101",
      "ip -n pod route add 172.22.16.0/20 dev net1 scope link src 172.22.17.51 table 101",
      "ip -n pod route add default via 172.22.16.1 dev net1 table 101",
      "ip -n pod route del default via 172.22.16.1 dev net1",
      "ip -n pod rule add from 10.160.4.23 lookup 100",
      "ip -n pod route add default via 169.254.1.1 dev eth0 table 100",
    ],
  },
];
for (const { name, want, ...planCase } of topologies) {
  Deno.test(`plugins row ${name}`, () => assert.deepEqual(stepsOf(planCase), want));
}

interface Excerpt extends PlanCase {
  readonly name: string;
  /** Which steps are compared. */
  readonly only: RegExp;
  readonly want: readonly string[];
}

const excerpts: readonly Excerpt[] = [
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
    name: "65: IPv4 of the IPAM and IPv6 of the router are both handled",
    observed: withPod(overlay, {
      links: [
        "1 lo loopback",
        "2 eth0 veth@9 c2:10:16:00:04:23 10.160.4.23/32",
        "3 net1 macvlan@2 02:42:16:00:17:51 172.22.17.51/20 fd22:16::51/64",
      ],
    }),
    only: /^ip (-6 )?(rule|route) add .*500$/,
    want: [
      "ip rule add from all pref 1000 lookup 500",
      "ip -6 rule add from all pref 1000 lookup 500",
      "ip route add 172.22.17.51 dev cali0a1b2c3d4e5 scope link table 500",
      "ip route add fd22:16::51 dev cali0a1b2c3d4e5 table 500",
    ],
  },
  {
    name: "66: IPv6 only: veth0 gets no IPv4 address",
    conf: { vethLinkAddress: "169.254.100.1" },
    observed: withPod(first, { links: ["1 lo loopback", "2 eth0 macvlan@2 02:42:16:00:17:50 fd22:16::1750/64"] }),
    only: /addr add|172\.|10\./,
    want: [],
  },
  {
    name: "67: vethLinkAddress is a /32 of veth0",
    conf: { vethLinkAddress: "169.254.100.1" },
    observed: first,
    only: /addr add/,
    want: ["ip -n pod addr add 169.254.100.1/32 dev veth0"],
  },
  {
    name: "70: podMACPrefix: the kernel announces the new address",
    conf: { podMACPrefix: "0a:1b" },
    observed: withPod(first, {
      sysctls: { "net/ipv4/conf/eth0/arp_notify": "0", "net/ipv6/conf/eth0/ndisc_notify": "0" },
    }),
    only: /notify|link set eth0/,
    want: [
      "ip netns exec pod sysctl -w net/ipv4/conf/eth0/arp_notify=1",
      "ip netns exec pod sysctl -w net/ipv6/conf/eth0/ndisc_notify=1",
      "ip -n pod link set eth0 address 0a:1b:ac:16:11:32",
      "ip netns exec pod sysctl -w net/ipv4/conf/eth0/arp_notify=0",
      "ip netns exec pod sysctl -w net/ipv6/conf/eth0/ndisc_notify=0",
    ],
  },
  {
    name: "71: txQueueLen is of the link in the Pod",
    conf: { txQueueLen: 2000 },
    observed: first,
    only: /txqueuelen/,
    want: ["ip -n pod link set eth0 txqueuelen 2000"],
  },
  {
    name: "72: a stale neighbor and a stale route of the address are replaced",
    observed: withHost(first, {
      links: [...exampleHost.links, "9 vethold veth@3 02:00:00:00:00:09"],
      neighbors: ["172.22.17.50 dev ens5 lladdr 02:00:00:00:00:99", "172.22.17.51 dev ens5 lladdr 02:00:00:00:00:98"],
      routes: ["172.22.17.50 dev vethold table 500", "172.22.17.51 dev vethold table 500"],
    }),
    only: /172\.22\.17\.5\d (dev|lladdr).*(ens5|vethold|table 500|neigh)/,
    want: [
      "ip neigh del 172.22.17.50 dev ens5",
      "ip route del 172.22.17.50 dev vethold scope link table 500",
      "ip route add 172.22.17.50 dev veth5f1c9a7be20 scope link table 500",
    ],
  },
  {
    name: "73: addresses of links for containers are not the node's",
    conf: { hostAddressExclude: ["172.22.16.99"] },
    observed: withHost(first, {
      links: [
        ...exampleHost.links,
        "5 docker0 bridge 02:00:00:00:00:15 10.1.0.1/16",
        "6 cali12 veth@3 02:00:00:00:00:16 10.2.0.1/32",
        "7 vethabc veth@3 02:00:00:00:00:17 10.3.0.1/32",
        "8 ens7 ether 02:00:00:00:00:18 172.22.16.99/32 169.254.3.3/16",
      ],
    }),
    only: /^ip -n pod route add \S+ dev veth0 scope link src \S+$/,
    want: [
      "ip -n pod route add 172.22.16.11 dev veth0 scope link src 172.22.17.50",
      "ip -n pod route add 10.77.0.11 dev veth0 scope link src 172.22.17.50",
    ],
  },
  {
    name: "75: IPv6 prefixes of the cluster are skipped for an IPv4 Pod",
    observed: overlay,
    only: /fd10/,
    want: [],
  },
  {
    name: "76: a hijacked prefix that equals another is one route",
    conf: { hijackCIDR: ["10.150.7.9/16", " 10.160.0.0/16"] },
    observed: overlay,
    only: /10\.1[56]0\.0\.0/,
    want: [
      "ip -n pod route add 10.160.0.0/16 via 172.22.16.11 dev eth0 src 10.160.4.23",
      "ip -n pod route add 10.150.0.0/16 via 172.22.16.11 dev eth0 src 10.160.4.23",
    ],
  },
  {
    name: "76: a prefix that goes elsewhere is replaced",
    observed: withPod(overlay, { routes: [...(overlayPod.routes ?? []), "10.150.0.0/16 via 172.22.16.1 dev net1"] }),
    only: /10\.150\.0\.0/,
    want: ["ip -n pod route replace 10.150.0.0/16 via 172.22.16.11 dev eth0 src 10.160.4.23"],
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
  ...[second, overlay].map((observed, i): Excerpt => ({
    name: `82: policyRoutes of a further link are in its table, ${["underlay", "overlay"][i]}`,
    conf: { policyRoutes: [{ dst: "10.9.0.0/16", gw: "10.77.0.2" }, { dst: "fd99::/64", gw: "fd22:16::2" }] },
    observed,
    only: /10\.9|fd99/,
    want: ["ip -n pod route add 10.9.0.0/16 via 10.77.0.2 dev net1 table 101"],
  })),
  {
    name: "91: the node's rule is there: another Pod made it",
    observed: withHost(first, { rules: ["1000: from all lookup 500"] }),
    only: /^ip (-6 )?rule/,
    want: ["ip -6 rule add from all pref 1000 lookup 500"],
  },
  {
    name: "54: podRPFilter 2 in the Pod only",
    conf: { podRPFilter: 2 },
    observed: withPod(first, { sysctls: { "net/ipv4/conf/all/rp_filter": "0", "net/ipv4/conf/eth0/rp_filter": "1" } }),
    only: /rp_filter/,
    want: [
      "ip netns exec pod sysctl -w net/ipv4/conf/all/rp_filter=2",
      "ip netns exec pod sysctl -w net/ipv4/conf/eth0/rp_filter=2",
      "sysctl -w net/ipv4/conf/veth5f1c9a7be20/rp_filter=0",
      "ip netns exec pod sysctl -w net/ipv4/conf/veth0/rp_filter=2",
    ],
  },
  {
    name: "54: a negative podRPFilter leaves it",
    conf: { podRPFilter: -2 },
    observed: withPod(first, { sysctls: { "net/ipv4/conf/all/rp_filter": "1" } }),
    only: /pod sysctl/,
    want: [],
  },
  {
    name: "53: the pair's MTU is the agent's",
    agent: { vethMTU: 9000 },
    observed: first,
    only: /link add/,
    want: [
      "ip -n pod link add veth0 address 3a:11:22:33:44:55 mtu 9000 type veth peer name veth5f1c9a7be20 address 5e:aa:bb:cc:dd:01 mtu 9000 netns host",
    ],
  },
  {
    name: "57: a link of that name with another Pod's end is made anew",
    observed: withHost(first, { links: [...exampleHost.links, "7 veth5f1c9a7be20 veth@99 5e:00:00:00:00:01"] }),
    only: /link (add|del)/,
    want: [
      "ip link del veth5f1c9a7be20",
      "ip -n pod link add veth0 address 3a:11:22:33:44:55 mtu 1500 type veth peer name veth5f1c9a7be20 address 5e:aa:bb:cc:dd:01 mtu 1500 netns host",
    ],
  },
];
for (const { name, only, want, ...planCase } of excerpts) {
  Deno.test(`plugins row ${name}`, () => {
    assert.deepEqual(stepsOf(planCase).filter((step) => only.test(step)), want);
  });
}

Deno.test("plugins row 80: a later link is told, and so is a family without a way through the node", () => {
  assert.deepEqual(planOf({ conf: { podDefaultRouteNic: "net2" }, observed: overlay }).warnings, [
    "net2 is not there yet: eth0 keeps the default route",
  ]);
  const host = { links: ["2 ens5 ether 02:00:00:00:00:05 172.22.16.11/20"] };
  assert.deepEqual(planOf({ observed: { ...first, host } }).warnings, [
    "the node has no IPv6 address: no IPv6 prefix is reached through it",
  ]);
});

Deno.test("plugins row 70: IPv6 alone gives the last four bytes of its address", () => {
  const observed = withPod(first, { links: ["1 lo loopback", "2 eth0 macvlan@2 02:42:16:00:17:50 fd22:16::1750/64"] });
  const { address } = planOf({ conf: { podMACPrefix: "0A:1B" }, observed });
  assert.equal(formatMac(address ?? new Uint8Array(0)), "0a:1b:00:00:17:50");
});
