import assert from "node:assert/strict";
import { seededRandom } from "../../net/base/random.ts";
import { ContractError } from "./contract_error.ts";
import { explainTarget, parseExplainQuery } from "./explain_query.ts";
import type { ExplainQuery } from "./explain_types.ts";

const pod = "podNamespace=ns1&podName=web-0";
const parsed: { query: string; want: Partial<ExplainQuery> }[] = [
  { query: "", want: {} },
  { query: "&ifName=&cleanGateway=&other=1", want: {} },
  { query: "&ifName=net1.100", want: { ifName: "net1.100" } },
  { query: "&defaultIPv4IPPool=", want: { defaultIPv4IPPool: [] } },
  {
    query: "&defaultIPv4IPPool=a&defaultIPv4IPPool=&defaultIPv4IPPool=b%5Bcd%5D*",
    want: { defaultIPv4IPPool: ["a", "b[cd]*"] },
  },
  { query: "&defaultIPv6IPPool=v6", want: { defaultIPv6IPPool: ["v6"] } },
  { query: "&cleanGateway=T&matchMasterSubnet=0", want: { cleanGateway: true, matchMasterSubnet: false } },
];
for (const { query, want } of parsed) {
  Deno.test(`parseExplainQuery() reads ${JSON.stringify(query)}, and explainTarget() writes it`, () => {
    const wanted = { podNamespace: "ns1", podName: "web-0", ...want };
    assert.deepEqual(parseExplainQuery(new URLSearchParams(pod + query)), wanted);
    const target = explainTarget("/v1/ipam/explain", wanted);
    assert.deepEqual(parseExplainQuery(new URLSearchParams(target.slice(target.indexOf("?")))), wanted);
  });
}

const refused = [
  { query: "podNamespace=ns1", says: "podName in query is required" },
  { query: "podName=p&podNamespace=", says: "podNamespace in query is required" },
  { query: "podNamespace=ns1&podName=a/b", says: "podName in query should match" },
  { query: "podNamespace=ns1&podName=..", says: "podName in query should match" },
  { query: `podNamespace=ns1&podName=${"a".repeat(254)}`, says: "podName in query should be at most 253 chars long" },
  { query: `${pod}&ifName=${"a".repeat(16)}`, says: "ifName in query should match" },
  { query: `${pod}&ifName=a%2Fb`, says: "ifName in query should match" },
  { query: `${pod}&cleanGateway=2`, says: "cleanGateway in query must be of type boolean" },
  { query: `${pod}&defaultIPv4IPPool=a%20b`, says: "defaultIPv4IPPool in query should match" },
  {
    query: `${pod}${"&defaultIPv6IPPool=a".repeat(257)}`,
    says: "defaultIPv6IPPool in query should have at most 256 items",
  },
];
for (const { query, says } of refused) {
  Deno.test(`parseExplainQuery() refuses: ${says} (${query.slice(0, 50)})`, () => {
    assert.throws(() => parseExplainQuery(new URLSearchParams(query)), (err) => {
      assert.ok(err instanceof ContractError && err.status === 422);
      assert.ok(err.message.startsWith(says), err.message);
      return true;
    });
  });
}

Deno.test("parseExplainQuery() answers any query with something that can stand in a path, or with 422", () => {
  const random = seededRandom(7);
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)]!;
  const names = [
    "podName",
    "podNamespace",
    "ifName",
    "defaultIPv4IPPool",
    "cleanGateway",
    "matchMasterSubnet",
    "x",
    "",
  ];
  const pieces = [
    "a",
    "web-0",
    "..",
    "/",
    "%",
    "%00",
    "\u0000",
    "*",
    "é",
    "\ud800",
    " ",
    "&",
    "=",
    "true",
    "0",
    "-",
    "A",
    ".",
  ];
  let read = 0;
  for (let i = 0; i < 20_000; i++) {
    const query = new URLSearchParams(random() < 0.8 ? { podNamespace: "ns1", podName: "p" } : {});
    for (let n = Math.floor(random() * 6); n > 0; n--) {
      const value = Array.from({ length: Math.floor(random() * 4) }, () => pick(pieces)).join("");
      if (random() < 0.3) query.set(pick(names), value);
      else query.append(pick(names), value);
    }
    try {
      const { podName, podNamespace, ifName = "eth0" } = parseExplainQuery(query);
      for (const name of [podName, podNamespace]) assert.match(name, /^[a-z0-9][-a-z0-9.]*$/);
      assert.match(ifName, /^[^\s/:]{1,15}$/);
      read++;
    } catch (err) {
      assert.ok(err instanceof ContractError, String(err));
      assert.equal(err.status, 422);
    }
  }
  assert.ok(read > 1000 && read < 19_000, `${read} were read`);
});
