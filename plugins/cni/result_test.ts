import assert from "node:assert/strict";
import { type CniResult, cniRoute, convertResult, formatResult } from "./result.ts";

const routes4 = [{ dst: "0.0.0.0/0", gw: "10.0.0.1" }];
const routes6 = [{ dst: "::/0", gw: "fd00::1" }];

/** One result in the three shapes. */
const dual = {
  pair: {
    cniVersion: "0.2.0",
    ip4: { ip: "10.0.0.5/24", gateway: "10.0.0.1", routes: routes4 },
    ip6: { ip: "fd00::5/64", routes: routes6 },
    dns: { domain: "a" },
  },
  tagged: {
    cniVersion: "0.4.0",
    ips: [
      { version: "4", address: "10.0.0.5/24", gateway: "10.0.0.1" },
      { version: "6", address: "fd00::5/64" },
    ],
    routes: [...routes4, ...routes6],
    dns: { domain: "a" },
  },
  list: {
    cniVersion: "1.0.0",
    ips: [{ address: "10.0.0.5/24", gateway: "10.0.0.1" }, { address: "fd00::5/64" }],
    routes: [...routes4, ...routes6],
    dns: { domain: "a" },
  },
} as const satisfies Record<string, CniResult>;

const withLinks: CniResult = {
  cniVersion: "1.1.0",
  interfaces: [{ name: "eth0", mac: "0a:00:00:00:00:01", sandbox: "/n", mtu: 1500, pciID: "0000:00:01.0" }],
  ips: [{ interface: 0, address: "10.0.0.5/24" }],
  routes: [{ dst: "10.1.0.0/16", mtu: 1400, table: 5 }],
};

const cases: { name: string; from: CniResult; to: string; want: CniResult }[] = [
  { name: "pair to tagged", from: dual.pair, to: "0.4.0", want: dual.tagged },
  { name: "pair to list", from: dual.pair, to: "1.0.0", want: dual.list },
  { name: "tagged to list", from: dual.tagged, to: "1.0.0", want: dual.list },
  { name: "list to tagged", from: dual.list, to: "0.4.0", want: { ...dual.tagged, interfaces: [] } },
  { name: "list to pair", from: dual.list, to: "0.2.0", want: dual.pair },
  { name: "tagged to pair", from: dual.tagged, to: "0.2.0", want: dual.pair },
  { name: "empty target", from: dual.tagged, to: "", want: { ...dual.pair, cniVersion: "0.1.0" } },
  { name: "one version to itself", from: dual.list, to: "1.0.0", want: dual.list },
  {
    name: "0.3.0 to 0.3.1",
    from: { ...dual.tagged, cniVersion: "0.3.0" },
    to: "0.3.1",
    want: { ...dual.tagged, cniVersion: "0.3.1" },
  },
  { name: "1.1.0 to 1.0.0", from: withLinks, to: "1.0.0", want: { ...withLinks, cniVersion: "1.0.0" } },
  {
    name: "1.1.0 to 0.3.1 with links",
    from: withLinks,
    to: "0.3.1",
    want: {
      cniVersion: "0.3.1",
      interfaces: [{ name: "eth0", mac: "0a:00:00:00:00:01", sandbox: "/n" }],
      ips: [{ version: "4", interface: 0, address: "10.0.0.5/24" }],
      routes: [{ dst: "10.1.0.0/16" }],
    },
  },
  {
    name: "only v6 to pair: v4 routes go",
    from: {
      cniVersion: "1.0.0",
      ips: [{ address: "fd00::5/64" }, { address: "fd00::6/64" }],
      routes: [...routes4, ...routes6],
    },
    to: "0.1.0",
    want: { cniVersion: "0.1.0", ip6: { ip: "fd00::5/64", routes: routes6 } },
  },
  {
    name: "only v4 to tagged",
    from: { cniVersion: "0.1.0", ip4: { ip: "10.0.0.5/24" } },
    to: "0.3.0",
    want: { cniVersion: "0.3.0", ips: [{ version: "4", address: "10.0.0.5/24" }], routes: [] },
  },
];
for (const { name, from, to, want } of cases) {
  Deno.test(`plugins row 20: convertResult() ${name}`, () => assert.deepEqual(convertResult(from, to), want));
}

Deno.test("plugins row 20: convertResult() of no address to pair fails", () => {
  assert.throws(() => convertResult({ cniVersion: "1.0.0" }, "0.2.0"), /it has no address/);
});

Deno.test("formatResult() prints as upstream: 4 spaces, no newline, dns always", () => {
  assert.equal(
    formatResult({ cniVersion: "0.4.0", ips: [{ version: "4", address: "10.0.0.5/24" }], routes: [], interfaces: [] }),
    `{
    "cniVersion": "0.4.0",
    "ips": [
        {
            "version": "4",
            "address": "10.0.0.5/24"
        }
    ],
    "dns": {}
}`,
  );
  assert.deepEqual(JSON.parse(formatResult(dual.pair)), dual.pair);
  const dns = { nameservers: [], domain: "", search: ["a"], options: [] };
  assert.deepEqual(JSON.parse(formatResult({ cniVersion: "1.0.0", dns })), {
    cniVersion: "1.0.0",
    dns: { search: ["a"] },
  });
});

Deno.test("cniRoute() masks the destination and spells addresses canonically", () => {
  assert.deepEqual(cniRoute({ dst: "10.1.2.3/16", gw: "10.0.0.1" }), { dst: "10.1.0.0/16", gw: "10.0.0.1" });
  assert.deepEqual(cniRoute({ dst: "FD00:0::1/64", gw: "" }), { dst: "fd00::/64" });
  for (const route of [{ dst: "10.0.0.0", gw: "" }, { dst: "10.0.0.0/8", gw: "x" }, { dst: "10.0.0.0/33", gw: "" }]) {
    assert.throws(() => cniRoute(route), SyntaxError);
  }
});
