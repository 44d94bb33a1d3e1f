/** The tables of the ADD in spec/agent.md 8.2, row by row. */
import assert from "node:assert/strict";
import { decodeBody, decodeMessage } from "./decode.ts";
import { encodeBody } from "./encode.ts";
import { ipamAddArgsModel, ipamAddResponseModel } from "./ipam_models.ts";

const whole = { containerID: "c", ifName: "eth0", netNamespace: "/n", podName: "p", podNamespace: "ns", podUID: "u" };

function decodeAdd(body: Readonly<Record<string, unknown>>): unknown {
  const bytes = new TextEncoder().encode(JSON.stringify(body));
  return decodeBody(bytes, { name: "ipamAddArgs", model: ipamAddArgsModel });
}

const required: readonly (readonly [row: string, ...members: (keyof typeof whole)[]])[] = [
  ["8.2.1", "containerID"],
  ["8.2.2", "ifName"],
  ["8.2.3", "netNamespace"],
  ["8.2.4", "podNamespace", "podName"],
  ["8.2.5", "podUID"],
];
for (const [row, ...members] of required) {
  Deno.test(`agent row ${row}: ${members.join(" and ")} is required, a string, and may be empty`, () => {
    for (const member of members) {
      assert.throws(() => decodeAdd({ ...whole, [member]: undefined }), {
        code: 602,
        message: `${member} in body is required`,
      });
      assert.throws(() => decodeAdd({ ...whole, [member]: 1 }), { code: 400 });
      assert.deepEqual(decodeAdd({ ...whole, [member]: "" }), { ...whole, [member]: "" });
    }
  });
}

const optional: readonly {
  readonly row: string;
  readonly members: readonly string[];
  readonly good: readonly unknown[];
  readonly bad: readonly unknown[];
}[] = [
  {
    row: "8.2.6",
    members: ["defaultIPv4IPPool", "defaultIPv6IPPool"],
    good: [["a", "b"], []],
    bad: ["a", [1], {}],
  },
  { row: "8.2.7", members: ["cleanGateway"], good: [true, false], bad: ["true", 1] },
  { row: "8.2.8", members: ["matchMasterSubnet"], good: [true, false], bad: ["true", 1] },
];
for (const { row, members, good, bad } of optional) {
  Deno.test(`agent row ${row}: ${members.join(" and ")} may be left out, or null`, () => {
    for (const member of members) {
      assert.deepEqual(decodeAdd({ ...whole, [member]: null }), whole);
      for (const value of good) {
        assert.deepEqual(decodeAdd({ ...whole, [member]: value }), { ...whole, [member]: value });
      }
      for (const value of bad) assert.throws(() => decodeAdd({ ...whole, [member]: value }), { code: 400 });
    }
  });
}

const ip = { version: 4 as const, address: "10.0.0.1/24", nic: "eth0" };
const route = { dst: "0.0.0.0/0", gw: "10.0.0.254", ifName: "eth0" };

Deno.test("agent row 8.2.9: ips is a list of addresses, or null when nothing was allocated", () => {
  assert.equal(
    encodeBody(ipamAddResponseModel, { ips: [ip], routes: null }),
    '{"ips":[{"address":"10.0.0.1/24","nic":"eth0","version":4}],"routes":null}\n',
  );
  assert.equal(encodeBody(ipamAddResponseModel, { ips: null, routes: null }), '{"ips":null,"routes":null}\n');
});

Deno.test("agent row 8.2.10: routes is a list of routes with all members, or null", () => {
  assert.equal(
    encodeBody(ipamAddResponseModel, { ips: [ip], routes: [route] }),
    '{"ips":[{"address":"10.0.0.1/24","nic":"eth0","version":4}],' +
      '"routes":[{"dst":"0.0.0.0/0","gw":"10.0.0.254","ifName":"eth0"}]}\n',
  );
  for (const member of ["dst", "gw", "ifName"]) {
    const response = { ips: [ip], routes: [{ ...route, [member]: undefined }] };
    assert.throws(() => decodeMessage(ipamAddResponseModel, response), { code: 602 });
  }
});

Deno.test("agent row 8.2.11: dns is left out where nobody filled it, and read where an agent did", () => {
  assert.ok(!encodeBody(ipamAddResponseModel, { ips: [ip], routes: null }).includes("dns"));
  const dns = { domain: "a.example", nameservers: ["10.0.0.2"], options: ["ndots:5"], search: ["b.example"] };
  assert.deepEqual(decodeMessage(ipamAddResponseModel, { ips: [ip], dns }), { ips: [ip], dns });
});
