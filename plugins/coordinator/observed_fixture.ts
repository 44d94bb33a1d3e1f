import {
  type Address,
  bitsOf,
  parseAddress,
  parseAddressOrPrefix,
  parsePrefix,
  type Prefix,
} from "../../net/ip/mod.ts";
import type { Link, LinkAddress, Neighbor, Route, Rule } from "../../net/route/mod.ts";
import { ARPHRD, FR_ACT, IFF, NUD, RT_SCOPE, RT_TABLE, RTN, RTPROT } from "../../net/uapi/mod.ts";
import { parseMac } from "../../net/wire/mod.ts";
import type { HostLookup, Observed, ObservedNetns } from "./observed.ts";

/** A netns as text, one object a line, much as ip(8) prints them. */
export interface NetnsText {
  /** `2 eth0 macvlan 02:42:16:00:17:50 172.22.17.50/20`: index, name, kind (`veth@5` with its peer), address, prefixes, `down`. */
  readonly links: readonly string[];
  /** `10.0.0.0/8 via 10.1.0.1 dev eth0 src 10.1.0.2 metric 5 table 101`; `nexthop via … dev …` at the end. */
  readonly routes?: readonly string[];
  /** `999: from 10.0.0.1 lookup 101`, `-6` in front for IPv6. */
  readonly rules?: readonly string[];
  /** `10.0.0.1 dev eth0 lladdr 02:…`; permanent. */
  readonly neighbors?: readonly string[];
  readonly sysctls?: Readonly<Record<string, string>>;
}

/** What {@linkcode observedFrom} makes an {@linkcode Observed} of. */
export interface ObservedText {
  readonly ifname: string;
  readonly pod: NetnsText;
  readonly host: NetnsText;
  /** `10.0.0.1`, or `10.0.0.1 table 500`. */
  readonly lookups?: readonly string[];
  readonly marked?: Observed["marked"];
}

/** Reads text into what a plan is made from; the container ID is that of the specification's examples. */
export function observedFrom({ ifname, pod, host, lookups = [], marked = [] }: ObservedText): Observed {
  return {
    containerId: "5f1c9a7be20d44aa91",
    ifname,
    pod: netnsFrom(pod),
    host: netnsFrom(host),
    lookups: lookups.map(lookupFrom),
    marked,
    newVeth: { pod: parseMac("3a:11:22:33:44:55"), host: parseMac("5e:aa:bb:cc:dd:01") },
  };
}

function netnsFrom({ links, routes = [], rules = [], neighbors = [], sysctls = {} }: NetnsText): ObservedNetns {
  const parsed = links.map(linkFrom);
  const indexOf = (name: string) => {
    const found = parsed.find(({ link }) => link.name === name);
    if (found === undefined) throw new Error(`Cannot find link ${name} in the fixture`);
    return found.link.index;
  };
  return {
    links: parsed.map(({ link }) => link),
    addresses: parsed.flatMap(({ link, prefixes }) => prefixes.map((prefix) => linkAddress(link.index, prefix))),
    routes: routes.map((text) => routeFrom(text, indexOf)),
    rules: rules.map(ruleFrom),
    neighbors: neighbors.map((text) => neighborFrom(text, indexOf)),
    sysctls,
  };
}

function linkFrom(text: string): { link: Link; prefixes: Prefix[] } {
  const [index = "", name = "", kindText = "", mac = "", ...rest] = text.split(" ");
  const [kind = "", parent] = kindText.split("@");
  const up = !rest.includes("down");
  const link: Link = {
    index: Number(index),
    name,
    up,
    flags: (up ? IFF.UP : 0) | IFF.BROADCAST | IFF.MULTICAST,
    type: ARPHRD.ETHER,
    mtu: 1500,
    address: mac === "" ? new Uint8Array(6) : parseMac(mac),
    txQueueLength: 1000,
    operState: 6,
    kind,
    info: undefined,
    parentIndex: parent === undefined ? undefined : Number(parent),
    parentNetnsId: parent === undefined ? undefined : 0,
    masterIndex: undefined,
  };
  return { link, prefixes: rest.filter((word) => word !== "down").map(parsePrefix) };
}

function linkAddress(index: number, prefix: Prefix): LinkAddress {
  const rest = { broadcast: undefined, scope: 0, flags: 0x80, label: undefined, peer: undefined };
  return { index, prefix, ...rest, preferredLifetimeS: Infinity, validLifetimeS: Infinity };
}

/** The word behind `key`. */
function wordAfter(words: readonly string[], key: string): string | undefined {
  const at = words.indexOf(key);
  return at === -1 ? undefined : words[at + 1];
}

function addressAfter(words: readonly string[], key: string): Address | undefined {
  const word = wordAfter(words, key);
  return word === undefined ? undefined : parseAddress(word);
}

function routeFrom(text: string, indexOf: (name: string) => number): Route {
  const [own = "", ...hops] = text.split(" nexthop ");
  const words = own.split(" ");
  const link = wordAfter(words, "dev");
  const destination = parseAddressOrPrefix(words[0] === "default" ? "0.0.0.0/0" : words[0] ?? "");
  const gateway = addressAfter(words, "via");
  const metric = wordAfter(words, "metric") ?? (destination.address.family === 6 ? "1024" : undefined);
  const mtu = wordAfter(words, "mtu");
  return {
    destination,
    source: undefined,
    gateway,
    index: link === undefined ? undefined : indexOf(link),
    preferredSource: addressAfter(words, "src"),
    priority: metric === undefined ? undefined : Number(metric),
    table: Number(wordAfter(words, "table") ?? RT_TABLE.MAIN),
    scope: isDirect(own, hops) && destination.address.family === 4 ? RT_SCOPE.LINK : RT_SCOPE.UNIVERSE,
    type: RTN.UNICAST,
    protocol: words.includes("kernel") ? RTPROT.KERNEL : RTPROT.BOOT,
    flags: 0,
    metrics: mtu === undefined ? undefined : { mtu: Number(mtu) },
    nextHops: hops.map((hop) => {
      const parts = hop.split(" ");
      return {
        index: indexOf(wordAfter(parts, "dev") ?? ""),
        gateway: addressAfter(parts, "via"),
        weight: 1,
        flags: 0,
      };
    }),
  };
}

function isDirect(own: string, hops: readonly string[]): boolean {
  return [own, ...hops].every((part) => !part.includes("via "));
}

function ruleFrom(text: string): Rule {
  const family = text.startsWith("-6 ") ? 6 : 4;
  const words = text.replace("-6 ", "").split(" ");
  const from = wordAfter(words, "from");
  const [mark, mask] = (wordAfter(words, "fwmark") ?? "").split("/");
  const source = from === undefined || from === "all" ? undefined : parseAddress(from);
  return {
    family,
    priority: Number((words[0] ?? "").replace(":", "")),
    source: source === undefined ? undefined : { address: source, length: bitsOf(source.family) },
    destination: undefined,
    mark: mark === "" || mark === undefined ? undefined : Number(mark),
    mask: mask === undefined ? undefined : Number(mask),
    inputName: undefined,
    outputName: undefined,
    table: Number(wordAfter(words, "lookup")),
    action: FR_ACT.TO_TBL,
    inverted: false,
  };
}

function neighborFrom(text: string, indexOf: (name: string) => number): Neighbor {
  const words = text.split(" ");
  return {
    index: indexOf(wordAfter(words, "dev") ?? ""),
    destination: parseAddress(words[0] ?? ""),
    lladdr: parseMac(wordAfter(words, "lladdr") ?? ""),
    state: NUD.PERMANENT,
    flags: 0,
  };
}

function lookupFrom(text: string): HostLookup {
  const words = text.split(" ");
  return { source: parseAddress(words[0] ?? ""), table: Number(wordAfter(words, "table") ?? RT_TABLE.MAIN) };
}
