import assert from "node:assert/strict";
import { systemClock } from "../../net/base/clock.ts";
import { FakeClock } from "../../net/base/fake_clock.ts";
import { freePort } from "../../net/base/free_port.ts";
import type { KubeTransport } from "./contract.ts";
import { transportFromEnvironment } from "./environment.ts";
import { KubeConnectionError } from "./errors.ts";
import { inClusterTransport } from "./in_cluster.ts";
import { kubeconfigTransport } from "./kubeconfig_transport.ts";
import { testCertificate } from "./test_certificate.ts";

interface World {
  /** Folder with `token`, `ca.crt` and `kubeconfig` for a TLS server. */
  readonly folder: string;
  readonly port: number;
  /** `Authorization` headers the server saw. */
  readonly seen: (string | null)[];
  /** The only header the server accepts. */
  accepted: string;
}

/** A TLS server on loopback that only knows one token, and the files that lead to it. */
async function withWorld(test: (world: World) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  const { cert, key } = await testCertificate();
  const world = { folder, port: 0, seen: [] as (string | null)[], accepted: "Bearer one" };
  await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, cert, key, onListen() {} }, ({ headers }) => {
    world.seen.push(headers.get("authorization"));
    return new Response("x", { status: headers.get("authorization") === world.accepted ? 200 : 401 });
  });
  world.port = server.addr.port;
  await Deno.writeTextFile(`${folder}/token`, "one\n");
  await Deno.writeTextFile(`${folder}/ca.crt`, cert);
  await Deno.writeTextFile(`${folder}/kubeconfig`, kubeconfig(world.port));
  try {
    await test(world);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function kubeconfig(port: number): string {
  return `
apiVersion: v1
kind: Config
current-context: t
contexts: [{name: t, context: {cluster: c, user: u}}]
clusters: [{name: c, cluster: {server: "https://127.0.0.1:${port}", certificate-authority: ca.crt}}]
users: [{name: u, user: {tokenFile: token}}]
`;
}

async function statusOf(transport: KubeTransport): Promise<number> {
  const { status, body } = await transport.request({ method: "GET", path: "/version" });
  await body?.cancel();
  return status;
}

function envOf(variables: Record<string, string>): (name: string) => string | undefined {
  return (name) => variables[name];
}

Deno.test("inClusterTransport() uses the Pod's CA and token, and takes a new token when the old one is refused", async () => {
  await withWorld(async (world) => {
    const env = envOf({ KUBERNETES_SERVICE_HOST: "127.0.0.1", KUBERNETES_SERVICE_PORT: `${world.port}` });
    using transport = await inClusterTransport({ env, clock: new FakeClock(), folder: world.folder });
    assert.equal(await statusOf(transport), 200);
    await Deno.writeTextFile(`${world.folder}/token`, "two");
    world.accepted = "Bearer two";
    assert.equal(await statusOf(transport), 200);
    assert.deepEqual(world.seen, ["Bearer one", "Bearer one", "Bearer two"]);
  });
});

Deno.test("inClusterTransport() trusts no other certificate", async () => {
  await withWorld(async ({ folder, port }) => {
    await Deno.writeTextFile(`${folder}/ca.crt`, (await testCertificate()).cert);
    const env = envOf({ KUBERNETES_SERVICE_HOST: "127.0.0.1", KUBERNETES_SERVICE_PORT: `${port}` });
    using transport = await inClusterTransport({ env, clock: new FakeClock(), folder });
    await assert.rejects(statusOf(transport), KubeConnectionError);
  });
});

Deno.test("kubeconfigTransport() uses what the kubeconfig names, beside it", async () => {
  await withWorld(async ({ folder, seen }) => {
    using transport = await kubeconfigTransport(`${folder}/kubeconfig`, { clock: new FakeClock() });
    assert.equal(await statusOf(transport), 200);
    assert.deepEqual(seen, ["Bearer one"]);
  });
});

Deno.test("kubeconfigTransport() joins several files", async () => {
  await withWorld(async ({ folder }) => {
    await Deno.writeTextFile(`${folder}/first`, `{"users": [{"name": "u", "user": {"token": "of-first"}}]}`);
    using transport = await kubeconfigTransport(`${folder}/first:${folder}/kubeconfig`, { clock: new FakeClock() });
    assert.equal(await statusOf(transport), 401);
  });
});

Deno.test("transportFromEnvironment() prefers the Pod's own API server to KUBECONFIG", async () => {
  await withWorld(async ({ folder, port }) => {
    const clock = new FakeClock();
    using transport = await transportFromEnvironment({ env: envOf({ KUBECONFIG: `${folder}/kubeconfig` }), clock });
    assert.equal(transport.server, `https://127.0.0.1:${port}`);
    const pod = {
      KUBERNETES_SERVICE_HOST: "10.0.0.1",
      KUBERNETES_SERVICE_PORT: "443",
      KUBECONFIG: `${folder}/kubeconfig`,
    };
    // No test runs in a Pod's file system: the attempt itself tells which way was chosen.
    await assert.rejects(transportFromEnvironment({ env: envOf(pod), clock }), /CA certificate/);
  });
});

Deno.test("transportFromEnvironment() asks again when a server that has just come back forbids everything", async () => {
  await withWorld(async ({ folder, port }) => {
    const { cert, key } = await testCertificate();
    await Deno.writeTextFile(`${folder}/ca.crt`, cert);
    const away = freePort();
    await Deno.writeTextFile(`${folder}/kubeconfig`, kubeconfig(port).replaceAll(`:${port}"`, `:${away}"`));
    const env = envOf({ KUBECONFIG: `${folder}/kubeconfig` });
    using transport = await transportFromEnvironment({ env, clock: systemClock });
    await assert.rejects(statusOf(transport), KubeConnectionError);
    const answers = [403, 403, 200];
    await using _server = Deno.serve(
      { hostname: "127.0.0.1", port: away, cert, key, onListen() {} },
      () => new Response("x", { status: answers.shift() ?? 500 }),
    );
    assert.equal(await statusOf(transport), 200);
  });
});

const unusable: { name: string; variables: Record<string, string>; want: RegExp }[] = [
  { name: "nothing", variables: {}, want: /this is no Pod and KUBECONFIG is not set/ },
  { name: "only separators", variables: { KUBECONFIG: "::" }, want: /KUBECONFIG is not set/ },
  {
    name: "a file that is not there",
    variables: { KUBECONFIG: "/nowhere/config" },
    want: /\/nowhere\/config is not readable/,
  },
];
for (const { name, variables, want } of unusable) {
  Deno.test(`transportFromEnvironment() says what is missing: ${name}`, async () => {
    await assert.rejects(transportFromEnvironment({ env: envOf(variables), clock: new FakeClock() }), want);
  });
}

Deno.test("inClusterTransport() outside of a Pod says so", async () => {
  const options = { env: envOf({ KUBERNETES_SERVICE_HOST: "10.0.0.1" }), clock: new FakeClock() };
  await assert.rejects(inClusterTransport(options), /KUBERNETES_SERVICE_PORT is not set/);
});
