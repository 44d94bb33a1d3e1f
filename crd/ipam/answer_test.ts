import assert from "node:assert/strict";
import { formatPrefix, parseAddress, parsePrefix } from "../../net/ip/mod.ts";
import { type Allocation, answerOf, type IpamAnswer, resultsOf } from "./answer.ts";
import { v4a, v4b, v6a } from "./plan_fixture.ts";
import type { CustomRoute } from "./routes.ts";

const off = { nic: "eth0", enableIPConflictDetection: false, enableGatewayDetection: false };

function allocation(nic: string, address: string, rest: Partial<Allocation> & Pick<Allocation, "pool">): Allocation {
  const parsed = parseAddress(address);
  return { nic, family: parsed.family, address: parsed, cleanGateway: false, ...rest };
}

function route(dst: string, gw: string): CustomRoute {
  const gateway = parseAddress(gw);
  return { family: gateway.family, dst: parsePrefix(dst), gateway };
}

function routesOf({ routes }: IpamAnswer): string[] {
  return routes.map(({ ifName, dst, gw }) => `${ifName} ${dst} ${gw}`);
}

Deno.test("answerOf() gives the routes of the pool, then the default route (ipam row 65)", () => {
  const pool = v4a({ routes: [{ dst: "10.9.0.7/16", gw: "10.1.0.2" }] });
  const { results } = resultsOf([allocation("eth0", "10.1.0.10", { pool })], []);
  assert.deepEqual(answerOf(results, off), {
    ips: [{ version: 4, address: "10.1.0.10/24", nic: "eth0", gateway: "10.1.0.1", ipPool: "v4a" }],
    routes: [
      { ifName: "eth0", dst: "10.9.0.0/16", gw: "10.1.0.2" },
      { ifName: "eth0", dst: "0.0.0.0/0", gw: "10.1.0.1" },
    ],
  });
});

Deno.test("resultsOf() gives a custom route to the NIC of its gateway and reports the others (ipam row 66)", () => {
  const { results, dropped } = resultsOf(
    [allocation("eth0", "10.1.0.10", { pool: v4a() }), allocation("net1", "10.1.0.11", { pool: v4a() })],
    [route("10.0.0.0/16", "10.1.0.9"), route("10.4.0.0/16", "172.16.0.1"), route("fd00::/8", "fd00:1::9")],
  );
  assert.deepEqual(results.map((result) => result.routes), [[{ dst: "10.0.0.0/16", gw: "10.1.0.9" }], []]);
  assert.deepEqual(dropped.map(({ dst }) => formatPrefix(dst)), ["10.4.0.0/16", "fd00::/8"]);
});

Deno.test("answerOf() leaves the default route out with cleanGateway, not the gateway (ipam row 64)", () => {
  const { results } = resultsOf([allocation("net1", "10.2.0.10", { pool: v4b(), cleanGateway: true })], []);
  const answer = answerOf(results, { ...off, nic: "net1" });
  assert.equal(answer.ips[0]?.gateway, "10.2.0.1");
  assert.deepEqual(answer.routes, []);
});

Deno.test("answerOf() has a fixed order whatever the order of the claims", () => {
  const { results } = resultsOf([
    allocation("net2", "10.2.0.11", { pool: v4b() }),
    allocation("eth0", "fd00:1::10", { pool: v6a({ routes: [{ dst: "fd09::/16", gw: "fd00:1::2" }] }) }),
    allocation("net1", "10.2.0.10", { pool: v4b() }),
    allocation("eth0", "10.1.0.10", { pool: v4a() }),
  ], []);
  const answer = answerOf(results, { ...off, nic: "net1" });
  assert.deepEqual(answer.ips.map(({ nic, version }) => `${nic} ${version}`), ["net1 4", "net2 4", "eth0 4", "eth0 6"]);
  assert.deepEqual(routesOf(answer), [
    "eth0 fd09::/16 fd00:1::2",
    "net1 0.0.0.0/0 10.2.0.1",
    "net2 0.0.0.0/0 10.2.0.1",
    "eth0 0.0.0.0/0 10.1.0.1",
    "eth0 ::/0 fd00:1::1",
  ]);
});

Deno.test("answerOf() gives a route once, default routes of the annotation last", () => {
  const pool = v4a({ routes: [{ dst: "10.9.0.0/16", gw: "10.1.0.2" }] });
  const { results } = resultsOf([allocation("eth0", "10.1.0.10", { pool })], [
    route("0.0.0.0/0", "10.1.0.1"),
    route("10.9.0.0/16", "10.1.0.2"),
  ]);
  assert.deepEqual(routesOf(answerOf(results, off)), ["eth0 10.9.0.0/16 10.1.0.2", "eth0 0.0.0.0/0 10.1.0.1"]);
});

Deno.test("answerOf() carries vlan, MAC and detection, and no gateway where there is none", () => {
  const given = allocation("eth0", "10.1.0.10", { pool: v4a({ gateway: "" }), vlan: 7, mac: "02:00:00:00:00:0a" });
  const { results } = resultsOf([given], []);
  assert.deepEqual(answerOf(results, { nic: "eth0", enableIPConflictDetection: true, enableGatewayDetection: true }), {
    ips: [{
      version: 4,
      address: "10.1.0.10/24",
      nic: "eth0",
      ipPool: "v4a",
      vlan: 7,
      mac: "02:00:00:00:00:0a",
      enableGatewayDetection: true,
      enableIPConflictDetection: true,
    }],
    routes: [],
  });
});

Deno.test("resultsOf() refuses a pool without a readable subnet", () => {
  assert.throws(() => resultsOf([allocation("eth0", "10.1.0.10", { pool: v4a({ subnet: "x" }) })], []), SyntaxError);
});
