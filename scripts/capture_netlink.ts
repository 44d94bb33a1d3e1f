/**
 * Records netlink messages of the running kernel into tests/fixtures/netlink/. It makes links, addresses, routes,
 * neighbors and rules with fixed names and addresses in a netns of its own, lists them, and keeps one message of each
 * sort. Needs root and iproute2, which makes the objects, so the bytes do not depend on the code under test.
 *
 * Usage: deno run -A scripts/capture_netlink.ts
 *
 * @module
 */
import { withNetns } from "../net/host/mod.ts";
import { NetlinkSocket, routeNetlinkOver, type Transport } from "../net/netlink/mod.ts";
import { linkPayload } from "../net/route/mod.ts";
import { NLMSG, RTM } from "../net/uapi/mod.ts";
import { type Bytes, decodeMessages, encodeMessage, type Message } from "../net/wire/mod.ts";
import { writeHexFixture } from "../tests/shared/hex_fixture.ts";
import { TestNetns } from "../tests/shared/netns.ts";

const setUp = `
link add br0 address 02:00:00:00:00:01 type bridge
link add v0 address 02:00:00:00:00:02 mtu 1400 type veth peer name v1 address 02:00:00:00:00:03
link set v1 master br0
link add link v0 name mv0 address 02:00:00:00:00:04 type macvlan mode bridge
link set lo up
link set br0 up
link set v1 up
link set v0 up
link set mv0 up
addr add 10.1.0.5/24 brd + dev v0
addr add 10.2.0.1 peer 10.2.0.2/32 dev mv0
addr add fd00:1::5/64 dev v0 nodad
addr add fd00:2::5/64 dev v0 nodad valid_lft 3600 preferred_lft 1800
route add default via 10.1.0.1 dev v0
route add 10.3.0.0/16 via 10.1.0.2 dev v0 src 10.1.0.5 metric 50 mtu 1300 table 500 proto static
route add 10.4.0.0/16 nexthop via 10.1.0.3 dev v0 weight 2 nexthop via 10.2.0.2 dev mv0
route add 10.5.0.0/16 via inet6 fd00:1::1 dev v0
route add unreachable 10.6.0.0/16
route add default via fd00:1::1 dev v0
route add fd00:3::/64 via fd00:1::2 dev v0 table 500 mtu 1300
neigh add 10.1.0.9 lladdr 02:00:00:00:00:09 dev v0 nud permanent
neigh add fd00:1::9 lladdr 02:00:00:00:00:09 dev v0 nud permanent
rule add fwmark 0x1/0xf lookup 100 priority 1000
rule add from 10.1.0.5/32 iif v0 lookup 500 priority 900
rule add to fd00:5::/48 lookup 500 priority 800
`;

/** A transport that keeps the messages it receives. */
class Recorder implements Transport {
  readonly messages: Message[] = [];
  readonly #inner = new NetlinkSocket();

  get port(): number {
    return this.#inner.port;
  }

  send(datagram: Bytes): void {
    this.#inner.send(datagram);
  }

  receive(): Bytes {
    const datagram = this.#inner.receive();
    this.messages.push(...decodeMessages(datagram));
    return datagram;
  }

  [Symbol.dispose](): void {
    this.#inner[Symbol.dispose]();
  }
}

/** Fixtures: name, type of message, and what makes it the one. `ip` options go before the command. */
const linkFixtures = { link_loopback: "lo", link_bridge: "br0", link_bridge_port: "v1", link_macvlan: "mv0" };

function record(netns: TestNetns): void {
  using recorder = withNetns(netns.path, () => new Recorder());
  const nl = routeNetlinkOver(recorder);
  const address = (name: string) => nl.linkByName(name).index;
  nl.links();
  save(recorder, RTM.NEWLINK, Object.entries(linkFixtures).map(([fixture, name]) => [fixture, linkNamed(name)]));
  nl.addresses({ index: address("v0") });
  nl.addresses({ index: address("mv0") });
  saveAll(recorder, RTM.NEWADDR, "address");
  nl.routes();
  nl.routes({ table: 500 });
  saveAll(recorder, RTM.NEWROUTE, "route");
  nl.neighbors({ index: address("v0") });
  saveAll(recorder, RTM.NEWNEIGH, "neighbor");
  nl.rules();
  saveAll(recorder, RTM.NEWRULE, "rule");
}
