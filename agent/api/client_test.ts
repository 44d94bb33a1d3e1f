import assert from "node:assert/strict";
import { AgentAnswerError, createAgentClient } from "./client.ts";
import { ContractError } from "./contract_error.ts";
import type { AgentRequest, Exchange } from "./exchange.ts";

function exchangeOf(status: number, body: string): { exchange: Exchange; asked: AgentRequest[] } {
  const asked: AgentRequest[] = [];
  return {
    asked,
    exchange(request) {
      asked.push(request);
      return Promise.resolve({ status, body: new TextEncoder().encode(body) });
    },
  };
}

const args = { containerID: "c", ifName: "eth0", netNamespace: "/n", podName: "p", podNamespace: "ns", podUID: "u" };

Deno.test("AgentClient asks on the routes of the contract", async () => {
  const { exchange, asked } = exchangeOf(
    200,
    '{"ips":[],"routes":null,"node":"","podName":"","podNamespace":"","podUID":"","interfaces":[],' +
      '"mode":"auto","overlayPodCIDR":[],"serviceCIDR":[],"tunePodRoutes":true}',
  );
  const client = createAgentClient(exchange);
  await client.allocate(args);
  await client.release({ ...args, netNamespace: "" });
  await client.releaseBatch({ ...args, conflictIPs: [{ ip: "10.0.0.1", mac: "02:00:00:00:00:01" }] });
  await client.endpoint({ namespace: "a&b", name: "c d" });
  await client.healthy();
  await client.coordinatorConfig({ podName: "p", podNamespace: "ns" });
  assert.deepEqual(asked.map(({ method, target }) => `${method} ${target}`), [
    "POST /v1/ipam/ip",
    "DELETE /v1/ipam/ip",
    "DELETE /v1/ipam/ips",
    "GET /v1/workloadendpoint?podNamespace=a%26b&podName=c%20d",
    "GET /v1/ipam/healthy",
    "GET /v1/coordinator/config",
  ]);
  assert.equal(asked.at(-1)?.body, '{"podName":"p","podNamespace":"ns"}\n');
  assert.ok(!asked[1]?.body?.includes("netNamespace"));
});

const failures = [
  { name: "a bare string", status: 500, body: '"all IP addresses used out"\n', want: "all IP addresses used out" },
  {
    name: "an object of the framework",
    status: 422,
    body: '{"code":602,"message":"x in body is required"}',
    want: "x in body is required",
  },
  { name: "plain text", status: 503, body: "no backend\n", want: "no backend" },
  { name: "nothing", status: 501, body: "", want: "" },
];
for (const { name, status, body, want } of failures) {
  Deno.test(`AgentClient.allocate() tells the agent's words from ${name}`, async () => {
    await assert.rejects(createAgentClient(exchangeOf(status, body).exchange).allocate(args), (err) => {
      assert.ok(err instanceof AgentAnswerError);
      assert.deepEqual([err.status, err.payload], [status, want]);
      assert.equal(err.message, `POST /v1/ipam/ip answered ${status}: ${want}`);
      return true;
    });
  });
}

Deno.test("AgentClient.explain() asks with what is known, and gives undefined for 404", async () => {
  const body =
    '{"attachments":[],"node":"n","outcome":"other-node","podName":"p","podNamespace":"ns","podUID":"u","text":""}';
  const { exchange, asked } = exchangeOf(200, body);
  const answer = await createAgentClient(exchange).explain({
    podNamespace: "ns",
    podName: "p",
    defaultIPv4IPPool: ["a*"],
  });
  assert.deepEqual(answer, JSON.parse(body));
  assert.equal(asked[0]?.target, "/v1/ipam/explain?podNamespace=ns&podName=p&defaultIPv4IPPool=a*");
  const none = createAgentClient(exchangeOf(404, '"none"').exchange);
  assert.equal(await none.explain({ podNamespace: "ns", podName: "p" }), undefined);
});

Deno.test("AgentClient.endpoint() gives undefined for 404", async () => {
  const client = createAgentClient(exchangeOf(404, '"none"').exchange);
  assert.equal(await client.endpoint({ namespace: "a", name: "b" }), undefined);
});

Deno.test("AgentClient.allocate() refuses an answer that breaks the contract", async () => {
  for (const body of ["", "no", '{"ips":null}', '{"ips":[{"nic":"eth0"}]}']) {
    await assert.rejects(createAgentClient(exchangeOf(200, body).exchange).allocate(args), ContractError);
  }
});
