import assert from "node:assert/strict";
import { fuzz, mutatedJsonText, mutatedText } from "../../tests/shared/fuzz.ts";
import { type IpamCapacityQuery, type IpamGcArgs, MAX_VALID_ATTACHMENTS } from "../api/mod.ts";
import type { HttpRequest } from "./http.ts";
import { createHousekeepingHandlers } from "./housekeeping_handler.ts";
import { createRouter } from "./router.ts";

const GC = "/v1/ipam/gc";
const CAPACITY = "/v1/ipam/capacity";
const freed = [{ podNamespace: "ns1", podName: "p", containerID: "c1", ifName: "eth0", addresses: ["10.0.0.1"] }];

function requestOf(method: string, target: string, body = ""): HttpRequest {
  const [path = "", query = ""] = target.split("?");
  return {
    method,
    path,
    query: new URLSearchParams(query),
    headers: new Map([["content-type", "application/json"]]),
    body: new TextEncoder().encode(body),
    keepAlive: false,
  };
}

async function ask(method: string, target: string, body?: string) {
  const seen: (IpamGcArgs | IpamCapacityQuery)[] = [];
  const route = createRouter(createHousekeepingHandlers({
    collect(args) {
      seen.push(args);
      return args.networkName === "broken"
        ? Promise.reject(new Error("Cannot free the addresses of 1 of 2 Pods"))
        : Promise.resolve({ freed, kept: 0 });
    },
    capacity(query) {
      seen.push(query);
      return Promise.resolve({ families: [{ version: 4, pools: ["a"], hasFree: false }] });
    },
  }));
  const { status, body: text = "" } = await route(requestOf(method, target, body), new AbortController().signal);
  return { status, text, seen };
}

const attachment = { containerID: "c1", ifName: "eth0" };
const many = (count: number) => Array.from({ length: count }, () => attachment);

Deno.test("POST /v1/ipam/gc hands the network and its attachments on, and answers what was freed", async () => {
  const args = { networkName: "lan", validAttachments: [attachment] };
  const { status, text, seen } = await ask("POST", GC, JSON.stringify(args));
  assert.deepEqual([status, JSON.parse(text), seen], [200, { freed, kept: 0 }, [args]]);
});

const bad = [
  { name: "no body", body: "", status: 422, message: /ipamGcArgs in body is required/ },
  { name: "no network", body: '{"validAttachments":[]}', status: 422, message: /networkName in body is required/ },
  { name: "no list", body: '{"networkName":"lan"}', status: 422, message: /validAttachments in body is required/ },
  { name: "null as list", body: '{"networkName":"lan","validAttachments":null}', status: 422, message: /is required/ },
  { name: "an empty network", body: '{"networkName":"","validAttachments":[]}', status: 422, message: /at least 1/ },
  {
    name: "half an attachment",
    body: '{"networkName":"lan","validAttachments":[{"ifName":"eth0"}]}',
    status: 422,
    message: /containerID/,
  },
  {
    name: "texts as list",
    body: '{"networkName":"lan","validAttachments":["c1"]}',
    status: 400,
    message: /unmarshal string/,
  },
  {
    name: "too many attachments",
    body: JSON.stringify({ networkName: "lan", validAttachments: many(MAX_VALID_ATTACHMENTS + 1) }),
    status: 422,
    message: /at most 10000 items/,
  },
];
for (const { name, body, status, message } of bad) {
  Deno.test(`POST /v1/ipam/gc refuses ${name}, and nothing is collected`, async () => {
    const answer = await ask("POST", GC, body);
    assert.deepEqual([answer.status, answer.seen], [status, []]);
    assert.match(JSON.parse(answer.text).message, message);
  });
}

Deno.test("POST /v1/ipam/gc takes as many attachments as it promises, and none", async () => {
  for (const count of [0, MAX_VALID_ATTACHMENTS]) {
    const body = JSON.stringify({ networkName: "lan", validAttachments: many(count) });
    assert.ok(body.length < 1024 * 1024, "fits into a request");
    assert.equal((await ask("POST", GC, body)).status, 200);
  }
});

Deno.test("POST /v1/ipam/gc answers 500 with the reason as a bare string", async () => {
  const { status, text } = await ask("POST", GC, '{"networkName":"broken","validAttachments":[]}');
  assert.deepEqual([status, text], [500, '"Cannot free the addresses of 1 of 2 Pods"\n']);
});

Deno.test("GET /v1/ipam/capacity reads pools from the query", async () => {
  const { status, text, seen } = await ask("GET", `${CAPACITY}?defaultIPv4IPPool=a&defaultIPv4IPPool=b*`);
  assert.deepEqual(seen, [{ defaultIPv4IPPool: ["a", "b*"], defaultIPv6IPPool: [] }]);
  assert.deepEqual([status, text], [200, '{"families":[{"hasFree":false,"pools":["a"],"version":4}]}\n']);
  assert.equal((await ask("GET", `${CAPACITY}?defaultIPv6IPPool=a%20b`)).status, 422);
});

Deno.test("fuzz: GC and capacity answer by the contract, whatever the request", async () => {
  const args = { networkName: "lan", validAttachments: [attachment, { containerID: "c2", ifName: "net1" }] };
  await fuzz((random) => ({
    body: mutatedJsonText(random, [args]),
    query: mutatedText(random, ["defaultIPv4IPPool=a&defaultIPv6IPPool=b", ""]),
  }), async ({ body, query }) => {
    for (const { status, text, seen } of [await ask("POST", GC, body), await ask("GET", `${CAPACITY}?${query}`)]) {
      assert.ok([200, 400, 422].includes(status), `status ${status}`);
      JSON.parse(text);
      if (status === 200 && seen[0] !== undefined && "networkName" in seen[0]) {
        assert.ok(seen[0].networkName !== "" && seen[0].validAttachments.every((item) => "containerID" in item));
      }
    }
  });
});
