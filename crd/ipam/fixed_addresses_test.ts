import assert from "node:assert/strict";
import { formatAddress, parsePrefix } from "../../net/ip/mod.ts";
import { IpamError } from "./errors.ts";
import { fixedAddresses, pendingChanges } from "./fixed_addresses.ts";
import { intentOf } from "./intent.ts";
import { formatPendingChange } from "./pending_change.ts";
import { factsOf, type Scenario, v4a } from "./plan_fixture.ts";
import type { IpamResult } from "./result.ts";

/** What an endpoint lists, of texts such as `eth0 10.1.0.10/24 v4a`. */
function listed(...texts: readonly string[]): IpamResult[] {
  return texts.map((text) => {
    const [nic = "", prefix = "", pool = ""] = text.split(" ");
    const { address, length } = parsePrefix(prefix);
    const rest = { cleanGateway: false, vlan: 0, routes: [] };
    return { nic, family: address.family, address, prefixLength: length, pool, ...rest };
  });
}

function text({ nic, address, pool }: IpamResult): string {
  return `${nic} ${formatAddress(address)} ${pool}`;
}

const networks = { "k8s.v1.cni.cncf.io/networks": "b/n2" };
const a = "eth0 10.1.0.10/24 v4a";
const b = "net1 10.2.0.10/24 v4b";
const six = "eth0 fd00:1::10/64 v6a";

interface Case {
  readonly name: string;
  readonly has: readonly string[];
  readonly scenario: Scenario;
  readonly kept?: readonly string[];
  readonly changed?: readonly string[];
  readonly open?: readonly string[];
  readonly undecided?: readonly string[];
}

const cases: readonly Case[] = [
  { name: "ipam row 74: the same pool", has: [a], scenario: { pod: { ippool: '{"ipv4":["v4a"]}' } }, kept: [a] },
  {
    name: "ipam row 75: another pool",
    has: [a],
    scenario: { pod: { ippool: '{"ipv4":["v4b"]}' } },
    changed: [a],
    open: ["eth0 4"],
  },
  { name: "one pool of several", has: [a], scenario: { pod: { ippool: '{"ipv4":["v4b","v4a"]}' } }, kept: [a] },
  { name: "a pattern that still matches", has: [a], scenario: { pod: { ippool: '{"ipv4":["v4*"]}' } }, kept: [a] },
  {
    name: "a name beside it that does not exist matters to nobody",
    has: [a],
    scenario: { pod: { ippool: '{"ipv4":["v4a","nope"]}' } },
    kept: [a],
  },
  {
    name: "a disabled pool",
    has: [a],
    scenario: { pod: { ippool: '{"ipv4":["v4a"]}' }, pools: [v4a({ disable: true })] },
    kept: [a],
  },
  {
    name: "a pool that is gone",
    has: [a],
    scenario: { pod: { ippool: '{"ipv4":["v4a","v4b"]}' }, pools: [] },
    changed: [a],
    open: ["eth0 4"],
  },
  { name: "ipam row 83: no source says anything", has: [a], scenario: {}, kept: [a] },
  {
    name: "a family that is added",
    has: [a],
    scenario: { pod: { ippool: '{"ipv4":["v4a"],"ipv6":["v6a"]}' } },
    kept: [a],
    open: ["eth0 6"],
  },
  {
    name: "a family that is added and disabled is not",
    has: [a],
    scenario: { pod: { ippool: '{"ipv4":["v4a"],"ipv6":["v6a"]}' }, features: { enableIPv6: false } },
    kept: [a],
  },
  {
    name: "a family that is named no more",
    has: [a, six],
    scenario: { pod: { ippool: '{"ipv4":["v4a"]}' } },
    kept: [a],
    changed: [six],
  },
  {
    name: "a family that is named still, and disabled by now",
    has: [a, six],
    scenario: { pod: { ippool: '{"ipv4":["v4a"],"ipv6":["v6a"]}' }, features: { enableIPv6: false } },
    kept: [a, six],
  },
  {
    name: "one family of a NIC changes",
    has: [a, six],
    scenario: { pod: { ippool: '{"ipv4":["v4b"],"ipv6":["v6a"]}' } },
    kept: [six],
    changed: [a],
    open: ["eth0 4"],
  },
  {
    name: "of another NIC nobody knows yet",
    has: [a, b],
    scenario: { cni: { defaultIPv4Pools: ["v4a"] } },
    kept: [a, b],
    undecided: ["net1"],
  },
  {
    name: "ippools speak of every NIC: one changes",
    has: [a, b],
    scenario: { pod: { ippools: '[{"interface":"eth0","ipv4":["v4a"]},{"interface":"net1","ipv4":["v4a"]}]' } },
    kept: [a],
    changed: [b],
    open: ["net1 4"],
  },
  {
    name: "ippools speak of every NIC: one goes",
    has: [a, b],
    scenario: { pod: { ippools: '[{"interface":"eth0","ipv4":["v4a"]}]' } },
    kept: [a],
    changed: [b],
  },
  {
    name: "ipam row 82: NICs that are counted",
    has: [a, b],
    scenario: { pod: { ippools: '[{"ipv4":["v4a"]},{"ipv4":["v4b"]}]', ...networks } },
    kept: [a, b],
  },
  {
    name: "ipam row 82: a NIC that is counted and has no name yet",
    has: [a, " 10.2.0.10/24 v4b"],
    scenario: { pod: { ippools: '[{"ipv4":["v4a"]},{"ipv4":["v4b"]}]', ...networks } },
    kept: [a, b],
  },
  {
    name: "ipam row 82: a NIC that is counted and has another name by now",
    has: [a, b],
    scenario: {
      pod: { ippools: '[{"ipv4":["v4a"]},{"ipv4":["v4b"]}]', "k8s.v1.cni.cncf.io/networks": "b/n2@foo0" },
    },
    kept: [a, "foo0 10.2.0.10/24 v4b"],
  },
];
for (const { name, has, scenario, kept = [], changed = [], open = [], undecided = [] } of cases) {
  Deno.test(`fixedAddresses(): ${name}`, () => {
    const facts = factsOf(scenario);
    const hasPool = (pool: string) => facts.pools.some(({ metadata }) => metadata.name === pool);
    const got = fixedAddresses(listed(...has), intentOf(facts), { nic: "eth0", hasPool });
    assert.deepEqual(got.kept.map(text), listed(...kept).map(text));
    assert.deepEqual(got.changed.map(text), listed(...changed).map(text));
    assert.deepEqual(got.open.map(({ nic, family }) => `${nic} ${family}`), open);
    assert.deepEqual(got.undecided, undecided);
  });
}

Deno.test("intentOf() fails where the source that applies cannot be read, as an ADD does", () => {
  assert.throws(() => intentOf(factsOf({ pod: { ippool: "" } })), IpamError);
});

Deno.test("intentOf() says nothing in a dry run that does not know the CNI configuration", () => {
  const scenario = { cni: { arePoolsUnknown: true }, pools: [v4a({ default: true })] };
  assert.equal(intentOf(factsOf(scenario)), undefined);
});

const source = 'the Pod annotation "ipam.spidernet.io/ippool"';
const pending = [
  { name: "nothing", has: [a], ippool: '{"ipv4":["v4a"]}', want: [] },
  {
    name: "another pool",
    has: [a],
    ippool: '{"ipv4":["v4b"]}',
    want: [`"eth0" keeps 10.1.0.10 of IPPool "v4a" although ${source} names "v4b" by now`],
  },
  {
    name: "a family that is added",
    has: [a],
    ippool: '{"ipv4":["v4a"],"ipv6":["v6a"]}',
    want: [`"eth0" has no IPv6 address although ${source} names "v6a" by now`],
  },
  {
    name: "a family that goes",
    has: [a, six],
    ippool: '{"ipv4":["v4a"]}',
    want: [`"eth0" keeps fd00:1::10 of IPPool "v6a" although ${source} names no IPPool for it by now`],
  },
];
for (const { name, has, ippool, want } of pending) {
  Deno.test(`pendingChanges() tells: ${name}`, () => {
    const changes = pendingChanges(listed(...has), intentOf(factsOf({ pod: { ippool } })));
    const end = ": it takes effect when the Pod is made anew";
    assert.deepEqual(changes.map(formatPendingChange), want.map((text) => text + end));
  });
}
