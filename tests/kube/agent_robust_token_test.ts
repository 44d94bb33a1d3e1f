/** The kubelet replaces the agent's token: what the agent does, and what an operator sees when that goes wrong. */
import assert from "node:assert/strict";
import { fileToken } from "../../crd/kube/token.ts";
import { httpTransport } from "../../crd/kube/mod.ts";
import { systemClock } from "../../net/base/clock.ts";
import { addressesOf, Agent, Cluster } from "./ipam_cluster.ts";
import { testIpam } from "./ipam_tests.ts";

const v4 = { defaultIPv4IPPool: ["v4a"] };

/** The embedded API behind a door that lets only the holder of one token in; the token's file is the agent's. */
class GuardedApi implements AsyncDisposable {
  readonly tokenPath = Deno.makeTempFileSync({ prefix: "token-" });
  readonly #client = Deno.createHttpClient({});
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  /** Answers 401 so far. */
  refused = 0;
  valid = "token-1";

  constructor(upstream: string) {
    const handler = (request: Request) => this.#pass(request, upstream);
    this.#server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, handler);
    this.write("token-1");
  }

  /** What the kubelet does. */
  write(token: string): void {
    Deno.writeTextFileSync(this.tokenPath, token);
  }

  transport() {
    const { port } = this.#server.addr;
    const authorization = fileToken(this.tokenPath, { clock: systemClock });
    return httpTransport({
      server: `http://127.0.0.1:${port}`,
      client: this.#client,
      authorization,
      userAgent: "agent-n1",
    });
  }

  async #pass(request: Request, upstream: string): Promise<Response> {
    if (request.headers.get("authorization") !== `Bearer ${this.valid}`) {
      this.refused++;
      const status = { kind: "Status", apiVersion: "v1", status: "Failure", reason: "Unauthorized", code: 401 };
      return Response.json({ ...status, message: "Unauthorized" }, { status: 401 });
    }
    const { pathname, search } = new URL(request.url);
    const { method, headers } = request;
    const body = request.body === null ? undefined : await request.bytes();
    return await fetch(`${upstream}${pathname}${search}`, { method, headers, ...(body && { body }) });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#client.close();
    await this.#server.shutdown();
    Deno.removeSync(this.tokenPath);
  }
}

async function withAgent(
  test: (world: { cluster: Cluster; api: GuardedApi; agent: Agent }) => Promise<void>,
): Promise<void> {
  await using cluster = await Cluster.start({ http: true });
  const served = await cluster.api.serve();
  try {
    await using api = new GuardedApi(served.url);
    const agent = new Agent({ clock: systemClock, drive: (promise) => promise }, api.transport(), {});
    try {
      await agent.ready();
      await test({ cluster, api, agent });
    } finally {
      await agent.stop();
    }
  } finally {
    await served.shutdown();
  }
}

testIpam(
  "agent 11: token replaced, and the old one refused at once: the ADD under way is served with the new one",
  () =>
    withAgent(async ({ cluster, api, agent }) => {
      const podUID = await cluster.pod("p");
      api.write("token-2");
      api.valid = "token-2";
      assert.deepEqual(addressesOf(await agent.add({ podName: "p", podUID, ...v4 })), ["eth0 10.1.0.10/24 v4a"]);
      assert(api.refused > 0);
    }),
  { onlyEmbedded: true },
);

testIpam(
  "agent 11: token refused and not replaced: the ADD is refused and says so; with a new one it is served",
  () =>
    withAgent(async ({ cluster, api, agent }) => {
      const podUID = await cluster.pod("p");
      api.valid = "token-2";
      const refusal = await agent.refusal({ podName: "p", podUID, ...v4 });
      assert.match(refusal, /401 Unauthorized/);
      assert.deepEqual(cluster.held(), []);
      api.write("token-2");
      assert.deepEqual(addressesOf(await agent.add({ podName: "p", podUID, ...v4 })), ["eth0 10.1.0.10/24 v4a"]);
    }),
  { onlyEmbedded: true },
);
