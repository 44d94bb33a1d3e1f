import assert from "node:assert/strict";
import { formatAddress, formatPrefix } from "../../net/ip/mod.ts";
import { parseRoutes } from "./route_annotation.ts";
import { parseIpNumber, parseReclaim, parseSubnet, parseSubnets } from "./subnet_annotations.ts";
import { parseIpPool, parseIpPools, parseNamespacePools } from "./pool_annotations.ts";
import { IpamError } from "./errors.ts";

interface Case {
  readonly parse: (annotation: { text: string; owner: string }) => unknown;
  readonly text: string;
  readonly want: unknown;
}

const good: Case[] = [
  { parse: parseIpPool, text: `{"ipv4":["a"],"ipv6":null,"x":1}`, want: { ipv4: ["a"], ipv6: [] } },
  { parse: parseIpPool, text: "null", want: { ipv4: [], ipv6: [] } },
  {
    parse: parseIpPools,
    text: `[{"interface":"eth0","ipv4":["a"],"cleanGateway":true},{"Interface":"net1","IPV6":["b"]}]`,
    want: [
      { interface: "eth0", ipv4: ["a"], ipv6: [], cleanGateway: true },
      { interface: "net1", ipv4: [], ipv6: ["b"], cleanGateway: false },
    ],
  },
  { parse: parseIpPools, text: "[{}]", want: [{ interface: "", ipv4: [], ipv6: [], cleanGateway: false }] },
  {
    parse: parseSubnets,
    text: `[{"interface":"eth0","ipv4":["s4","ignored"],"ipv6":["s6"]},{"interface":"net1","ipv4":["t4"]}]`,
    want: [{ interface: "eth0", ipv4: "s4", ipv6: "s6" }, { interface: "net1", ipv4: "t4", ipv6: undefined }],
  },
  { parse: parseSubnet, text: `{"ipv6":["s6"]}`, want: { interface: "eth0", ipv4: undefined, ipv6: "s6" } },
  {
    parse: parseSubnet,
    text: `{"ipv4":["s4"],"interface":"net1"}`,
    want: { interface: "net1", ipv4: "s4", ipv6: undefined },
  },
  { parse: parseIpNumber, text: "5", want: { mode: "fixed", count: 5 } },
  { parse: parseIpNumber, text: "0", want: { mode: "fixed", count: 0 } },
  { parse: parseIpNumber, text: "+2", want: { mode: "replicas-plus", count: 2 } },
  { parse: parseIpNumber, text: "junk+2", want: { mode: "replicas-plus", count: 2 } },
  { parse: parseReclaim, text: "T", want: true },
  { parse: parseReclaim, text: "false", want: false },
  {
    parse: (a) => parseNamespacePools("ipam.spidernet.io/default-ipv4-ippool", a),
    text: `["p1","p2*"]`,
    want: ["p1", "p2*"],
  },
];
for (const { parse, text, want } of good) {
  Deno.test(`${parse.name || "parseNamespacePools"}() reads: ${text}`, () => {
    assert.deepEqual(parse({ text, owner: `Pod "ns1/p"` }), want);
  });
}

const bad: { parse: Case["parse"]; text: string; says: string }[] = [
  { parse: parseIpPool, text: "[]", says: "$ must be an object" },
  { parse: parseIpPool, text: `{"ipv4":"a"}`, says: "$.ipv4 must be an array" },
  { parse: parseIpPool, text: `{"ipv4":[${`"a",`.repeat(256)}"a"]}`, says: "$.ipv4 has 257 elements" },
  { parse: parseIpPools, text: "{}", says: "$ must be an array" },
  { parse: parseIpPools, text: "null", says: "it lists no interface" },
  { parse: parseIpPools, text: `[{"cleangateway":"yes"}]`, says: "$[0].cleangateway must be a boolean" },
  { parse: parseSubnets, text: "[]", says: "it lists no interface" },
  { parse: parseSubnets, text: `[{"interface":"eth0"}]`, says: "an item names no subnet" },
  { parse: parseSubnets, text: `[{"ipv4":[""]}]`, says: "the name of a subnet is empty" },
  {
    parse: parseSubnets,
    text: `[{"interface":"a","ipv4":["s"]},{"interface":"a","ipv4":["t"]}]`,
    says: `"a" occurs more`,
  },
  {
    parse: parseSubnets,
    text: `[{"interface":"a","ipv4":["s"]},{"interface":"b","ipv4":["s"]}]`,
    says: `"s" occurs more`,
  },
  { parse: parseSubnet, text: "{}", says: "an item names no subnet" },
  { parse: parseIpNumber, text: "1+2+3", says: `"1+2+3" is neither "N" nor "+N"` },
  { parse: parseIpNumber, text: "-1", says: "neither" },
  { parse: parseIpNumber, text: "+", says: "neither" },
  { parse: parseIpNumber, text: "1.5", says: "neither" },
  { parse: parseReclaim, text: "yes", says: `"yes" is not a boolean` },
  { parse: parseReclaim, text: "", says: "is not a boolean" },
  { parse: parseRoutes, text: `[{"dst":"10.0.0.0","gw":"10.0.0.1"}]`, says: `$[0]: dst "10.0.0.0" is not a CIDR` },
  { parse: parseRoutes, text: `[{"dst":"10.0.0.0/8","gw":"x"}]`, says: `$[0]: gw "x" is not an address` },
  { parse: parseRoutes, text: `[{"dst":"10.0.0.0/8"}]`, says: `gw "" is not an address` },
  { parse: parseRoutes, text: `[{"gw":"10.0.0.1"}]`, says: `dst "" is not a CIDR` },
];
for (const { parse, text, says } of bad) {
  Deno.test(`${parse.name}() refuses: ${text.slice(0, 60)}`, () => {
    assert.throws(() => parse({ text, owner: `Pod "ns1/p"` }), (error) => {
      assert.ok(error instanceof IpamError);
      assert.equal(error.code, "wrong-input");
      assert.ok(error.message.includes(says) && error.message.includes(`Pod "ns1/p"`), error.message);
      return true;
    });
  });
}

Deno.test("parseRoutes() clears host bits", () => {
  const [route] = parseRoutes({ text: `[{"dst":"10.9.1.2/16","gw":"10.1.0.9"}]`, owner: "" });
  assert.ok(route !== undefined);
  assert.deepEqual([route.family, formatPrefix(route.dst), formatAddress(route.gateway)], [
    4,
    "10.9.0.0/16",
    "10.1.0.9",
  ]);
});
