import assert from "node:assert/strict";
import { FakeClock } from "../../net/base/fake_clock.ts";
import { silentLog } from "../../net/base/log.ts";
import { seededRandom } from "../../net/base/random.ts";
import { fuzz, mutatedJsonText, mutatedText, pieces } from "../../tests/shared/fuzz.ts";
import { type IpamService, operations } from "../api/mod.ts";
import { createIpamHandlers } from "./handlers.ts";
import { HttpError, type HttpRequest } from "./http.ts";
import { RequestReader } from "./request_reader.ts";
import { createRouter } from "./router.ts";

const bounds = { maxHeadBytes: 4096, maxBodyBytes: 4096 };
const requests = [
  "GET /v1/ipam/healthy HTTP/1.1\r\nHost: \r\n\r\n",
  "POST /v1/ipam/ip HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}",
  "DELETE /v1/ipam/ips HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\nTrailer: x\r\n\r\n",
  "GET http://x/v1/workloadendpoint?podName=p&podNamespace=%zz HTTP/1.0\r\nConnection: close\r\n\r\n",
];

/** All requests of a connection, and the error that ends it if one does. */
function readAll(parts: readonly Uint8Array[]): { read: string[]; failure: string | undefined } {
  const reader = new RequestReader(bounds);
  const read: string[] = [];
  try {
    for (const part of parts) {
      reader.push(part);
      for (let request = reader.take(); request !== undefined; request = reader.take()) read.push(say(request));
    }
    return { read, failure: undefined };
  } catch (err) {
    if (!(err instanceof HttpError)) throw err;
    return { read, failure: `${err.status}` };
  }
}

function say({ method, path, query, headers, body, keepAlive }: HttpRequest): string {
  return JSON.stringify([method, path, `${query}`, [...headers], new TextDecoder("latin1").decode(body), keepAlive]);
}

Deno.test("fuzz: bytes of a connection are requests or an HttpError, however they are cut", async () => {
  await fuzz(
    (random) => ({
      text: [mutatedText(random, requests), mutatedText(random, requests)].join(""),
      seed: random() * 1e9,
    }),
    ({ text, seed }) => {
      const bytes = new TextEncoder().encode(text);
      assert.deepEqual(readAll(pieces(seededRandom(seed), bytes)), readAll([bytes]));
    },
    { runs: 4000 },
  );
});

const statuses = new Set([200, 400, 404, 405, 406, 415, 422, 500, 501]);
const service: IpamService = {
  add: () => Promise.resolve({ ips: [], routes: null }),
  release: () => Promise.resolve(),
  releaseBatch: () => Promise.resolve(),
  explain: () => Promise.resolve(undefined),
  endpoint: () => Promise.resolve(undefined),
};
const pod = { containerID: "c", ifName: "eth0", netNamespace: "/n", podName: "p", podNamespace: "ns", podUID: "u" };

Deno.test("fuzz: every request gets an answer of the contract, whatever its head and body", async () => {
  const route = createRouter(createIpamHandlers({ service, clock: new FakeClock(), log: silentLog, requestStop() {} }));
  const lines = Object.values(operations).map(({ method, path }) => ({ method, path }));
  await fuzz((random) => {
    const { method, path } = lines[Math.floor(random() * lines.length)]!;
    const accept = mutatedText(random, ["application/json", "*/*;q=0.1, text/html", ""]);
    const type = mutatedText(random, ["application/json", "application/json; charset=utf-8"]);
    return {
      method: random() < 0.9 ? method : "PUT",
      path: random() < 0.9 ? path : mutatedText(random, [path]),
      query: new URLSearchParams(mutatedText(random, ["podName=p&podNamespace=ns", ""])),
      headers: new Map([["content-type", type], ...(random() < 0.5 ? [["accept", accept] as const] : [])]),
      body: new TextEncoder().encode(mutatedJsonText(random, [{ ...pod, conflictIPs: [{ ip: "10.0.0.1" }] }])),
      keepAlive: true,
    };
  }, async (request) => {
    const { status, body } = await route(request, new AbortController().signal);
    assert.ok(statuses.has(status), `status ${status}`);
    if (body !== undefined) JSON.parse(body);
    if (status >= 400) assert.ok(body !== undefined && body.endsWith("\n"));
  });
});
