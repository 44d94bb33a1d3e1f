import assert from "node:assert/strict";
import { seededRandom } from "../../net/base/random.ts";
import {
  addressesOf,
  echoedResultOf,
  formatEchoed,
  linksOf,
  previousResultOf,
  tryEchoedResultOf,
} from "./echo_result.ts";
import { CniError } from "./errors.ts";

function confOf(prevResult: unknown, cniVersion = "1.0.0") {
  return { cniVersion, name: "n", json: { prevResult } };
}

const full = {
  cniVersion: "1.0.0",
  interfaces: [{ name: "eth0", mac: "02:00:00:00:00:01", future: 1 }, { name: "veth1" }],
  ips: [{ address: "10.0.0.5/24", interface: 0, tag: "x" }],
  routes: [{ dst: "0.0.0.0/0", priority: 5 }],
  future: { a: [1] },
};

function echo(prevResult: unknown, cniVersion?: string): string {
  const result = echoedResultOf(confOf(prevResult, cniVersion));
  assert.ok(result !== undefined);
  return formatEchoed(result);
}

Deno.test("formatEchoed() keeps every member, with 4 spaces", () => {
  assert.equal(echo(full), JSON.stringify(full, null, 4));
});

const versions = [
  { config: "1.0.0", own: "1.1.0", want: "1.0.0" },
  { config: "1.1.0", own: "1.0.0", want: "1.1.0" },
  { config: "0.3.1", own: "0.4.0", want: "0.3.1" },
  { config: "1.0.0", own: undefined, want: "1.0.0" },
  { config: "", own: "0.2.0", want: "0.1.0" },
];
for (const { config, own, want } of versions) {
  Deno.test(`a result of ${own} in a configuration of ${JSON.stringify(config)} is passed on as ${want}`, () => {
    const json = JSON.parse(echo({ ...(own === undefined ? {} : { cniVersion: own }), ips: [] }, config));
    assert.deepEqual(json, { cniVersion: want, ips: [] });
  });
}

Deno.test("formatEchoed() changes the link-layer address of the links that are named", () => {
  const result = echoedResultOf(confOf(full));
  assert.ok(result !== undefined);
  const json = JSON.parse(formatEchoed(result, { macs: { eth0: "0a:1b:0a:00:00:05" } }));
  assert.deepEqual(json.interfaces, [{ name: "eth0", mac: "0a:1b:0a:00:00:05", future: 1 }, { name: "veth1" }]);
});

Deno.test("echoedResultOf() reads what CHECK and DEL look at, of every generation", () => {
  const { interfaces, ips } = echoedResultOf(confOf(full)) ?? {};
  assert.deepEqual(interfaces, [
    { name: "eth0", mac: "02:00:00:00:00:01", sandbox: undefined },
    { name: "veth1", mac: undefined, sandbox: undefined },
  ]);
  assert.deepEqual(ips, [{ address: "10.0.0.5/24", interface: 0 }]);
  const pair = { cniVersion: "0.2.0", ip4: { ip: "10.0.0.5/24" }, ip6: { ip: "fd00::5/64" } };
  assert.deepEqual(echoedResultOf(confOf(pair, "0.2.0"))?.ips.map(({ address }) => address), [
    "10.0.0.5/24",
    "fd00::5/64",
  ]);
  assert.equal(echoedResultOf(confOf(undefined)), undefined);
});

Deno.test("previousResultOf() needs one", () => {
  assert.deepEqual(previousResultOf(confOf(full)), echoedResultOf(confOf(full)));
  const want = { name: "CniError", code: 7, message: "Cannot check: the configuration has no prevResult" };
  assert.throws(() => previousResultOf(confOf(undefined)), want);
});

Deno.test("addressesOf() takes the addresses of the link, and those of no link", () => {
  const interfaces = ["eth0", "net1"].map((name) => ({ name, mac: undefined, sandbox: undefined }));
  const ips = [
    { address: "10.0.0.5/24", interface: 0 },
    { address: "10.0.1.5/24", interface: 1 },
    { address: "10.0.2.5/24", interface: undefined },
    { address: "10.0.3.5/24", interface: 9 },
  ];
  assert.deepEqual(addressesOf({ interfaces, ips }, "eth0"), ["10.0.0.5/24", "10.0.2.5/24"]);
});

const sameName = {
  cniVersion: "1.0.0",
  interfaces: [
    { name: "eth0", mac: "02:00:00:00:00:11" },
    { name: "eth0", mac: "02:00:00:00:00:22", sandbox: "/var/run/netns/a" },
  ],
  ips: [{ address: "10.0.0.5/24", interface: 1 }, { address: "192.0.2.5/24", interface: 0 }],
};

Deno.test("a link of the node with the name of the Pod's is not taken for it", () => {
  const result = echoedResultOf(confOf(sameName));
  assert.ok(result !== undefined);
  assert.deepEqual(addressesOf(result, "eth0"), ["10.0.0.5/24"]);
  assert.deepEqual(linksOf(result.interfaces, "eth0").map(({ mac }) => mac), ["02:00:00:00:00:22"]);
  const json = JSON.parse(formatEchoed(result, { macs: { eth0: "0a:1b:0a:00:00:05" } }));
  assert.deepEqual(json.interfaces.map(({ mac }: { mac: string }) => mac), ["02:00:00:00:00:11", "0a:1b:0a:00:00:05"]);
});

const broken: readonly { name: string; prevResult: unknown; want: RegExp }[] = [
  { name: "85: another generation", prevResult: { cniVersion: "0.4.0" }, want: /it is of version 0\.4\.0/ },
  { name: "a list", prevResult: [], want: /it is no object/ },
  { name: "a version that is a number", prevResult: { cniVersion: 1 }, want: /cniVersion is no text/ },
  { name: "an address that is none", prevResult: { ips: [{ address: "10.0.0/24" }] }, want: /10\.0\.0\/24/ },
  { name: "an address without length", prevResult: { ips: [{ address: "10.0.0.1" }] }, want: /no \/length/ },
  { name: "ips that are no list", prevResult: { ips: {} }, want: /ips are no list/ },
  { name: "an interface without a name", prevResult: { interfaces: [{}] }, want: /name is missing/ },
  {
    name: "an index that is a text",
    prevResult: { ips: [{ address: "10.0.0.1/8", interface: "0" }] },
    want: /whole number/,
  },
];
for (const { name, prevResult, want } of broken) {
  Deno.test(`prevResult with ${name} is code 7, and none for DEL`, () => {
    assert.throws(() => echoedResultOf(confOf(prevResult)), { name: "CniError", code: 7, message: want });
    assert.equal(tryEchoedResultOf(confOf(prevResult)), undefined);
  });
}

Deno.test("a result with anything in any place is passed on or code 7", () => {
  const random = seededRandom(3);
  const oddities = [null, 1, "", "x", [], {}, [null], [[]], true];
  for (let i = 0; i < 2000; i++) {
    const place = Math.floor(random() * 24);
    const odd = oddities[Math.floor(random() * oddities.length)];
    let at = 0;
    const mutated = JSON.parse(JSON.stringify(full), (_key, value) => at++ === place ? odd : value);
    try {
      const result = echoedResultOf(confOf(mutated));
      if (result !== undefined) JSON.parse(formatEchoed(result, { macs: { eth0: "0a:1b:0a:00:00:05" } }));
    } catch (err) {
      assert.ok(err instanceof CniError && err.code === 7, `${JSON.stringify(mutated)}: ${err}`);
    }
  }
});
