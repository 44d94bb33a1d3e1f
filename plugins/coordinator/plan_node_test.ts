/** What a plan does to the node's neighbors, rules and routes, and to prefixes that the Pod reaches by it. */
import assert from "node:assert/strict";
import { testExcerpts } from "./plan_excerpt.ts";
import { exampleHost, first, overlay, overlayPod, planOf, withHost, withPod } from "./plan_fixture.ts";

testExcerpts([
  {
    name: "74: both addresses of the node: a route of each in 101 and in main, and a neighbor of each",
    observed: withHost(first, {
      links: ["2 ens5 ether 02:00:00:00:00:05 172.22.16.11/20 172.22.16.12/20"],
    }),
    only: /^ip -n pod (route|neigh) \S+ 172\.22\.16\.1\d (dev|lladdr)/,
    want: [
      "ip -n pod neigh replace 172.22.16.11 lladdr 5e:aa:bb:cc:dd:01 dev veth0 nud permanent",
      "ip -n pod neigh replace 172.22.16.12 lladdr 5e:aa:bb:cc:dd:01 dev veth0 nud permanent",
      "ip -n pod route add 172.22.16.11 dev veth0 scope link src 172.22.17.50 table 101",
      "ip -n pod route add 172.22.16.12 dev veth0 scope link src 172.22.17.50 table 101",
      "ip -n pod route add 172.22.16.11 dev veth0 scope link src 172.22.17.50",
      "ip -n pod route add 172.22.16.12 dev veth0 scope link src 172.22.17.50",
    ],
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
    name: "91: the node's rule is there: another Pod made it",
    observed: withHost(first, { rules: ["1000: from all lookup 500"] }),
    only: /^ip (-6 )?rule/,
    want: ["ip -6 rule add from all pref 1000 lookup 500"],
  },
  {
    name: "86: connections of a family that marks them already are left alone",
    observed: { ...first, marked: [4] },
    only: /nft/,
    want: ["ip netns exec pod nft: ip6 spiderpool: mark connections in by veth0 with 0x1"],
  },
]);

Deno.test("plugins row 72: the log tells where the node knew an address that it forgets", () => {
  const host = {
    ...exampleHost,
    neighbors: ["172.22.17.50 dev ens5 lladdr 02:00:00:00:00:99", "172.22.17.51 dev ens5 lladdr 02:00:00:00:00:98"],
  };
  assert.deepEqual(planOf({ observed: { ...first, host } }).warnings, [
    "the node knew 172.22.17.50 on ens5 at 02:00:00:00:00:99: forgotten",
  ]);
});
