/** What a plan does to links of Pod and node, their addresses and their settings. */
import assert from "node:assert/strict";
import { formatMac } from "../../net/wire/mod.ts";
import { testExcerpts } from "./plan_excerpt.ts";
import { exampleHost, first, overlay, planOf, withHost, withPod } from "./plan_fixture.ts";

testExcerpts([
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
    name: "67: IPv6 only: an IPv6 vethLinkAddress is a /128 of veth0",
    conf: { vethLinkAddress: "fd00:64::1" },
    observed: withPod(first, { links: ["1 lo loopback", "2 eth0 macvlan@2 02:42:16:00:17:50 fd22:16::1750/64"] }),
    only: /addr add/,
    want: ["ip -n pod addr add fd00:64::1/128 dev veth0"],
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
]);

Deno.test("plugins row 70: IPv6 alone gives the last four bytes of its address", () => {
  const observed = withPod(first, { links: ["1 lo loopback", "2 eth0 macvlan@2 02:42:16:00:17:50 fd22:16::1750/64"] });
  const { address } = planOf({ conf: { podMACPrefix: "0A:1B" }, observed });
  assert.equal(formatMac(address ?? new Uint8Array(0)), "0a:1b:00:00:17:50");
});
