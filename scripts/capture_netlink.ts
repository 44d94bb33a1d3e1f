/**
 * Records netlink messages of the running kernel into tests/fixtures/netlink/. It makes links, addresses, routes,
 * neighbors and rules with fixed names and addresses in a netns of its own, lists them, and keeps one message of each
 * sort. Needs root and iproute2, which makes the objects, so the bytes do not depend on the code under test.
 *
 * Usage: deno run -A scripts/capture_netlink.ts
 *
 * @module
 */
import { formatAddress, formatPrefix, parseAddress, parsePrefix } from "../net/ip/mod.ts";
import { withNetns } from "../net/host/mod.ts";
import { routeNetlinkOver, unlessNetlinkError } from "../net/netlink/mod.ts";
import {
  addressPayload,
  linkAddressOf,
  linkOf,
  linkPayload,
  neighborOf,
  neighborPayload,
  routeOf,
  routePayload,
  ruleOf,
  rulePayload,
} from "../net/route/mod.ts";
import { ERRNO, NLMSG, RTM } from "../net/uapi/mod.ts";
import { type Bytes, decodeError, encodeMessage, type Message } from "../net/wire/mod.ts";
import { writeHexFixture } from "../tests/shared/hex_fixture.ts";
import { NetlinkRecorder } from "../tests/shared/netlink_recorder.ts";
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

/** Messages to keep: by type, a name for the message, and the fixture it becomes. */
interface Sort {
  readonly type: number;
  readonly nameOf: (payload: Bytes) => string;
  readonly fixtures: Readonly<Record<string, string>>;
}

const sorts: readonly Sort[] = [
  {
    type: RTM.NEWLINK,
    nameOf: (payload) => linkOf(linkPayload.decode(payload, whole)).name,
    fixtures: {
      lo: "link_loopback",
      br0: "link_bridge",
      v0: "link_veth",
      v1: "link_bridge_port",
      mv0: "link_macvlan",
    },
  },
  {
    type: RTM.NEWADDR,
    nameOf: (payload) => formatPrefix(linkAddressOf(addressPayload.decode(payload, whole)).prefix),
    fixtures: {
      "10.1.0.5/24": "address_ipv4",
      "10.2.0.1/32": "address_ipv4_peer",
      "fd00:1::5/64": "address_ipv6",
      "fd00:2::5/64": "address_ipv6_lifetime",
    },
  },
  {
    type: RTM.NEWROUTE,
    nameOf: (payload) => formatPrefix(routeOf(routePayload.decode(payload, whole)).destination),
    fixtures: {
      "0.0.0.0/0": "route_ipv4_default",
      "10.3.0.0/16": "route_ipv4_table",
      "10.4.0.0/16": "route_ipv4_multipath",
      "10.5.0.0/16": "route_ipv4_via_ipv6",
      "10.6.0.0/16": "route_ipv4_unreachable",
      "::/0": "route_ipv6_default",
      "fd00:3::/64": "route_ipv6_table",
    },
  },
  {
    type: RTM.NEWNEIGH,
    nameOf: (payload) => formatAddress(neighborOf(neighborPayload.decode(payload, whole)).destination),
    fixtures: { "10.1.0.9": "neighbor_ipv4", "fd00:1::9": "neighbor_ipv6" },
  },
  {
    type: RTM.NEWRULE,
    nameOf: (payload) => String(ruleOf(rulePayload.decode(payload, whole)).priority),
    fixtures: { "800": "rule_ipv6_to", "900": "rule_ipv4_from", "1000": "rule_ipv4_mark" },
  },
  {
    type: NLMSG.ERROR,
    nameOf: (payload) => String(decodeError({ type: 0, flags: 0, sequence: 0, port: 0, payload }).errno),
    fixtures: { "0": "ack_success", [ERRNO.ENETUNREACH]: "ack_refused" },
  },
  { type: NLMSG.DONE, nameOf: () => "done", fixtures: { done: "done" } },
];

const whole = { what: "message", offset: 0 };

function makeObjects(netns: TestNetns): void {
  for (const line of setUp.trim().split("\n")) {
    const needsSix = /^(route|rule) .*fd00/.test(line) && !line.includes("inet6");
    netns.ip(...(needsSix ? ["-6"] : []), ...line.split(" "));
  }
}

function listObjects(recorder: NetlinkRecorder): void {
  const nl = routeNetlinkOver(recorder);
  nl.links();
  nl.addresses();
  nl.routes({ table: "all" });
  nl.neighbors();
  nl.rules();
  nl.setLinkUp(nl.linkByName("v0").index);
  const refused = { destination: parsePrefix("10.9.0.0/16"), gateway: parseAddress("10.99.0.1") };
  unlessNetlinkError(["ENETUNREACH"], () => nl.addRoute(refused));
}

function save({ type, nameOf, fixtures }: Sort, messages: readonly Message[]): void {
  const release = Deno.osRelease();
  const found = new Map(
    messages.filter((message) => message.type === type).map((message) => [nameOf(message.payload), message]),
  );
  for (const [name, fixture] of Object.entries(fixtures)) {
    const message = found.get(name);
    if (message === undefined) throw new Error(`Cannot record fixture ${fixture}: the kernel sent no ${name}`);
    writeHexFixture(`netlink/${fixture}`, {
      bytes: encodeMessage(message),
      comment: `${fixture}: ${name}, Linux ${release.split("-")[0]}; by scripts/capture_netlink.ts`,
    });
  }
}

if (import.meta.main) {
  using netns = new TestNetns();
  makeObjects(netns);
  using recorder = withNetns(netns.path, () => new NetlinkRecorder());
  listObjects(recorder);
  for (const sort of sorts) save(sort, recorder.messages);
}
