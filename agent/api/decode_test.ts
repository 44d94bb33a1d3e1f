import assert from "node:assert/strict";
import { ContractError } from "./contract_error.ts";
import { decodeBody, decodeMessage, requiredQuery } from "./decode.ts";
import { ipamAddArgsModel, ipamAddResponseModel, ipamDelArgsModel } from "./ipam_models.ts";

const whole = { containerID: "c", ifName: "eth0", netNamespace: "", podName: "p", podNamespace: "n", podUID: "" };

function decodeAdd(text: string): unknown {
  return decodeBody(new TextEncoder().encode(text), { name: "ipamAddArgs", model: ipamAddArgsModel });
}

const accepted: { name: string; body: unknown; want: unknown }[] = [
  { name: "empty strings as present", body: whole, want: whole },
  { name: "unknown members", body: { ...whole, color: "red" }, want: whole },
  { name: "null for an optional list", body: { ...whole, defaultIPv4IPPool: null }, want: whole },
  { name: "keys in any letter case", body: { ...whole, CLEANGATEWAY: true }, want: { ...whole, cleanGateway: true } },
  {
    name: "null in a list",
    body: { ...whole, defaultIPv6IPPool: ["a", null] },
    want: { ...whole, defaultIPv6IPPool: ["a", ""] },
  },
];
for (const { name, body, want } of accepted) {
  Deno.test(`decodeBody() takes ${name}`, () => assert.deepEqual(decodeAdd(JSON.stringify(body)), want));
}

const refused: { name: string; text: string; status: number; code: number; message: RegExp }[] = [
  { name: "nothing", text: "", status: 422, code: 602, message: /^ipamAddArgs in body is required$/ },
  { name: "white space", text: " \n", status: 422, code: 602, message: /^ipamAddArgs in body is required$/ },
  { name: "an empty object", text: "{}", status: 422, code: 602, message: /^containerID in body is required$/ },
  { name: "null", text: "null", status: 422, code: 602, message: /^containerID in body is required$/ },
  {
    name: "a required member that is null (agent row 7.2)",
    text: JSON.stringify({ ...whole, podName: null, podUID: null }),
    status: 422,
    code: 602,
    message: /^podName in body is required$/,
  },
  {
    name: "half an object (agent row 7.4)",
    text: "{",
    status: 400,
    code: 400,
    message: /^parsing ipamAddArgs body from "" failed, because /,
  },
  { name: "two values", text: "{} {}", status: 400, code: 400, message: /^parsing ipamAddArgs body/ },
  {
    name: "a list",
    text: "[]",
    status: 400,
    code: 400,
    message: /cannot unmarshal array into Go value of type IpamAddArgs$/,
  },
  {
    name: "a number for a string",
    text: JSON.stringify({ ...whole, podName: 1 }),
    status: 400,
    code: 400,
    message: /because json: cannot unmarshal number into Go struct field IpamAddArgs\.podName of type string$/,
  },
  {
    name: "a string for a list",
    text: JSON.stringify({ ...whole, defaultIPv4IPPool: "a" }),
    status: 400,
    code: 400,
    message: /cannot unmarshal string into Go struct field IpamAddArgs\.defaultIPv4IPPool of type \[\]string$/,
  },
  {
    name: "a string for a flag",
    text: JSON.stringify({ ...whole, cleanGateway: "true" }),
    status: 400,
    code: 400,
    message: /of type bool$/,
  },
];
for (const { name, text, status, code, message } of refused) {
  Deno.test(`decodeBody() refuses ${name}`, () => {
    assert.throws(() => decodeAdd(text), (err) => {
      assert.ok(err instanceof ContractError);
      assert.deepEqual([err.status, err.code], [status, code]);
      assert.match(err.message, message);
      return true;
    });
  });
}

Deno.test("decodeBody() gets through 1 MiB of opening brackets", () => {
  assert.throws(() => decodeAdd("[".repeat(1 << 20)), ContractError);
});

for (const required of ["containerID", "ifName", "podName", "podNamespace", "podUID"] as const) {
  Deno.test(`decodeBody() misses ${required} of a DEL`, () => {
    const body = new TextEncoder().encode(JSON.stringify({ ...whole, netNamespace: undefined, [required]: undefined }));
    assert.throws(() => decodeBody(body, { name: "ipamDelArgs", model: ipamDelArgsModel }), {
      message: `${required} in body is required`,
      code: 602,
    });
  });
}

const ip = { version: 4, address: "10.0.0.1/24", nic: "eth0" };
const answers: { name: string; ip: Record<string, unknown>; want?: [code: number, message: string] }[] = [
  { name: "a MAC", ip: { mac: "0A:1b:00:00:00:ff" } },
  { name: "an empty MAC", ip: { mac: "" } },
  { name: "a MAC of five pairs", ip: { mac: "0a:1b:00:00:00" }, want: [605, "ips.0.mac in body should match"] },
  { name: "version 5", ip: { version: 5 }, want: [606, "ips.0.version in body should be one of [4 6]"] },
  { name: "version 4.5", ip: { version: 4.5 }, want: [400, "json: cannot unmarshal number 4.5 into Go struct field"] },
  { name: "no address", ip: { address: undefined }, want: [602, "ips.0.address in body is required"] },
];
for (const { name, ip: changes, want } of answers) {
  Deno.test(`decodeMessage() ${want === undefined ? "takes" : "refuses"} an answer with ${name}`, () => {
    const decode = () => decodeMessage(ipamAddResponseModel, { ips: [{ ...ip, ...changes }] });
    if (want === undefined) return void assert.deepEqual(decode(), { ips: [{ ...ip, ...changes }] });
    assert.throws(
      decode,
      (err) => err instanceof ContractError && err.code === want[0] && err.message.startsWith(want[1]),
    );
  });
}

Deno.test("agent row 7.3: requiredQuery() takes a value and refuses none and an empty one", () => {
  assert.equal(requiredQuery(new URLSearchParams("podName=a%2Fb"), "podName"), "a/b");
  for (const query of ["", "podName=", "podname=a"]) {
    assert.throws(() => requiredQuery(new URLSearchParams(query), "podName"), {
      message: "podName in query is required",
    });
  }
});
