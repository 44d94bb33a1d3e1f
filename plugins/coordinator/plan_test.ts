/** Whole plans of the examples of the specification. */
import assert from "node:assert/strict";
import { first, overlay, type PlanCase, second, stepsOf } from "./plan_fixture.ts";

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
