/** How our client proves who it is, over TLS, to a real API server: token, token file, client certificate. */
import assert from "node:assert/strict";
import { systemClock } from "../../net/base/clock.ts";
import {
  inClusterTransport,
  kubeconfigTransport,
  KubeConnectionError,
  type KubeTransport,
} from "../../crd/kube/mod.ts";
import { createAuthority } from "../../scripts/cluster/pki.ts";
import { call, jsonCall, pick } from "../kube/call.ts";
import { realServer } from "../kube/real_server.ts";
import { testUnless } from "../shared/skip.ts";

interface Given {
  /** A folder of the test alone. */
  readonly folder: string;
  /** URL of the API server. */
  readonly server: string;
  /** PEM of its authority. */
  readonly authority: string;
  readonly token: string;
}

const kubeconfig = realServer()?.kubeconfig ?? "";
/** Beside the kubeconfig of our own control plane. */
const pki = `${kubeconfig.slice(0, kubeconfig.lastIndexOf("/"))}/pki`;

/** A kubeconfig with one user. @returns its path */
async function writeConfig(
  { folder, server, authority }: Given,
  user: Record<string, string>,
  cluster: Record<string, string> = { "certificate-authority-data": btoa(authority) },
): Promise<string> {
  const config = {
    "current-context": "it",
    contexts: [{ name: "it", context: { cluster: "it", user: "it" } }],
    clusters: [{ name: "it", cluster: { server, ...cluster } }],
    users: [{ name: "it", user }],
  };
  const path = `${folder}/config`;
  await Deno.writeTextFile(path, JSON.stringify(config));
  return path;
}

/** Who the API server takes us for; the status of its refusal otherwise. */
async function whoAmI(transport: KubeTransport): Promise<string> {
  const body = { apiVersion: "authentication.k8s.io/v1", kind: "SelfSubjectReview" };
  const path = "/apis/authentication.k8s.io/v1/selfsubjectreviews";
  const { status, json } = await call(transport, { method: "POST", path, body });
  return status === 201 ? String(pick(json, "status.userInfo.username")) : String(status);
}

async function whoAmIBy(path: string): Promise<string> {
  using transport = await kubeconfigTransport(path, { clock: systemClock });
  return await whoAmI(transport);
}

function testAs(name: string, fn: (given: Given) => Promise<void>): void {
  testUnless(realServer()?.isOwn ? undefined : "needs the keys of a control plane of our own", {
    name: `real API: ${name}`,
    async fn() {
      const folder = await Deno.makeTempDir({ prefix: "auth-" });
      try {
        await fn({ folder, ...await readOwnConfig() });
      } finally {
        await Deno.remove(folder, { recursive: true });
      }
    },
  });
}

async function readOwnConfig(): Promise<Omit<Given, "folder">> {
  const config = JSON.parse(await Deno.readTextFile(kubeconfig));
  const { server, "certificate-authority-data": authority } = config.clusters[0].cluster;
  return { server, authority: atob(authority), token: config.users[0].user.token };
}

testAs("a token authenticates, inline and in a file", async (given) => {
  assert.equal(await whoAmIBy(await writeConfig(given, { token: given.token })), "test-bed:admin");
  await Deno.writeTextFile(`${given.folder}/token`, `${given.token}\n`);
  assert.equal(await whoAmIBy(await writeConfig(given, { tokenFile: "token" })), "test-bed:admin");
});

testAs("a wrong token is 401, no token is anonymous", async (given) => {
  assert.equal(await whoAmIBy(await writeConfig(given, { token: "nobody" })), "401");
  using transport = await kubeconfigTransport(await writeConfig(given, {}), { clock: systemClock });
  const { status, json } = await call(transport, { method: "GET", path: "/api/v1/nodes" });
  assert.equal(status, 403);
  assert.match(String(pick(json, "message")), /User "system:anonymous" cannot list resource "nodes"/);
});

testAs("a client certificate authenticates, in files and inline", async (given) => {
  const files = { "client-certificate": `${pki}/kubelet-client.crt`, "client-key": `${pki}/kubelet-client.key` };
  assert.equal(await whoAmIBy(await writeConfig(given, files)), "kube-apiserver-kubelet-client");
  const inline = {
    "client-certificate-data": btoa(await Deno.readTextFile(files["client-certificate"])),
    "client-key-data": btoa(await Deno.readTextFile(files["client-key"])),
  };
  const path = await writeConfig(given, inline);
  assert.equal(await whoAmIBy(path), "kube-apiserver-kubelet-client");
  using transport = await kubeconfigTransport(path, { clock: systemClock });
  await jsonCall(transport, { method: "GET", path: "/api/v1/nodes" }); // its group is that of administrators
});

testAs("a server whose authority is not trusted is never told anything", async (given) => {
  const stranger = (await createAuthority()).certificate.toString("pem");
  await Deno.writeTextFile(`${given.folder}/ca.crt`, stranger);
  const path = await writeConfig(given, { token: given.token }, { "certificate-authority": "ca.crt" });
  await assert.rejects(whoAmIBy(path), KubeConnectionError);
});

testAs("a Pod's token file is read again once the server refuses the old one", async (given) => {
  using admin = await kubeconfigTransport(kubeconfig, { clock: systemClock });
  const account = "/api/v1/namespaces/default/serviceaccounts/default";
  const { json } = await call(admin, { method: "POST", path: `${account}/token`, body: { spec: {} } });
  const token = String(pick(json, "status.token"));
  await Deno.writeTextFile(`${given.folder}/ca.crt`, given.authority);
  await Deno.writeTextFile(`${given.folder}/token`, "expired");
  const { hostname, port } = new URL(given.server);
  const variables: Record<string, string> = { KUBERNETES_SERVICE_HOST: hostname, KUBERNETES_SERVICE_PORT: port };
  const env = (name: string) => variables[name];
  using transport = await inClusterTransport({ env, clock: systemClock, folder: given.folder });
  assert.equal(await whoAmI(transport), "401");
  await Deno.writeTextFile(`${given.folder}/token`, token);
  assert.equal(await whoAmI(transport), "system:serviceaccount:default:default");
});
