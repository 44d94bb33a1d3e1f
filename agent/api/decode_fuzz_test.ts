import assert from "node:assert/strict";
import { fuzz, mutatedJsonText, mutatedText, oneOf, pieces, returnsOrThrows } from "../../tests/shared/fuzz.ts";
import { seededRandom } from "../../net/base/random.ts";
import { concatBytes } from "./bytes.ts";
import { ContractError } from "./contract_error.ts";
import { decodeBody } from "./decode.ts";
import { encodeBody } from "./encode.ts";
import { HttpFormatError, parseHead } from "./http_head.ts";
import { tryParseAnswer } from "./http_response.ts";
import { workloadEndpointStatusModel } from "./endpoint_models.ts";
import { ipamAddArgsModel, ipamAddResponseModel, ipamBatchDelArgsModel, ipamDelArgsModel } from "./ipam_models.ts";
import type { AnyObjectSchema, ObjectSchema } from "./schema.ts";

const pod = { containerID: "c1", ifName: "eth0", netNamespace: "/n", podName: "p", podNamespace: "ns1", podUID: "U1" };
const route = { ifName: "eth0", dst: "0.0.0.0/0", gw: "10.1.0.1" };
const ip = { version: 4, address: "10.1.0.10/24", nic: "eth0", mac: "02:00:00:00:00:01", vlan: 5, ipPool: "v4a" };
const messages: { name: string; model: AnyObjectSchema; sample: unknown }[] = [
  {
    name: "ipamAddArgs",
    model: ipamAddArgsModel,
    sample: { ...pod, defaultIPv4IPPool: ["v4a"], defaultIPv6IPPool: null, cleanGateway: true },
  },
  { name: "ipamDelArgs", model: ipamDelArgsModel, sample: pod },
  {
    name: "ipamBatchDelArgs",
    model: ipamBatchDelArgsModel,
    sample: { ...pod, isReleaseConflictIPs: true, conflictIPs: [{ ip: "10.1.0.10", mac: ip.mac, nic: "eth0" }] },
  },
  {
    name: "IpamAddResponse",
    model: ipamAddResponseModel,
    sample: { ips: [ip], routes: [route], dns: { domain: "x" } },
  },
  {
    name: "WorkloadEndpointStatus",
    model: workloadEndpointStatusModel,
    sample: { ...pod, node: "n1", interfaces: [{ interface: "eth0", ipv4: "10.1.0.10/24", routes: [route] }] },
  },
];
for (const { name, model, sample } of messages) {
  Deno.test(`fuzz: a ${name} is decoded, or refused as the contract says; what is decoded is encoded the same`, async () => {
    const schema = model as ObjectSchema<Record<string, unknown>>;
    await fuzz((random) => mutatedJsonText(random, [sample]), (text) => {
      const body = new TextEncoder().encode(text);
      const decoded = returnsOrThrows(() => decodeBody(body, { name, model: schema }), [ContractError]);
      if (decoded === undefined) return;
      const again = new TextEncoder().encode(encodeBody(schema, decoded));
      assert.equal(encodeBody(schema, decodeBody(again, { name, model: schema })), new TextDecoder().decode(again));
    }, { runs: 1500 });
  });
}

const answers = [
  "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
  "HTTP/1.1 500 Internal Server Error\r\nTransfer-Encoding: chunked\r\nA: b\r\n\r\n5;x=y\r\nhello\r\n0\r\n\r\n",
  "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.0 200 OK\r\n\r\nuntil the end",
  "HTTP/1.1 204 No Content\r\n\r\n",
];

Deno.test("fuzz: an answer is read, waited for, or refused with an HttpFormatError; how it is cut does not matter", async () => {
  await fuzz((random) => ({ text: mutatedText(random, answers), seed: random() * 1e9 }), ({ text, seed }) => {
    const bytes = new TextEncoder().encode(text);
    const whole = returnsOrThrows(() => tryParseAnswer(bytes, { ended: true }), [HttpFormatError]);
    let read = new Uint8Array();
    for (const piece of pieces(seededRandom(seed), bytes)) {
      read = concatBytes([read, piece]);
      const early = returnsOrThrows(() => tryParseAnswer(read, { ended: false }), [HttpFormatError]);
      if (early === undefined) continue;
      assert.deepEqual(early, whole, "more bytes do not change an answer that was whole");
      break;
    }
  }, { runs: 4000 });
});

Deno.test("fuzz: a head is read, or refused with an HttpFormatError", async () => {
  const heads = ["GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\n", "\r\n\r\n"];
  await fuzz((random) => mutatedText(random, [oneOf(random, heads)]), (text) => {
    const head = returnsOrThrows(() => parseHead(new TextEncoder().encode(text)), [HttpFormatError]);
    for (const [name, value] of head?.headers ?? []) assert.ok(name !== "" && !/[\r\n]/.test(value), name);
  }, { runs: 4000 });
});

Deno.test("tryParseAnswer() reads any number of interim answers before the answer", () => {
  const interim = "HTTP/1.1 100 Continue\r\n\r\n".repeat(100_000);
  const bytes = new TextEncoder().encode(`${interim}HTTP/1.1 204 No Content\r\n\r\n`);
  assert.equal(tryParseAnswer(bytes, { ended: false })?.status, 204);
});
