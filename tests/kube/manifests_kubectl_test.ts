/**
 * `manifests/` through kubectl: server-side dry run, install, uninstall. On the embedded API or, where `tests/kube_real/`
 * chose one, a real one; there an installation is only made and removed, with everything of Spiderpool in that cluster,
 * when that is allowed.
 */
import assert from "node:assert/strict";
import { systemClock } from "../../net/base/clock.ts";
import { systemRandom } from "../../net/base/random.ts";
import { kubeconfigTransport, type KubeTransport } from "../../crd/kube/mod.ts";
import { exitCodes, runProgram } from "../../controller/init/run.ts";
import { at, type Json, parseJson } from "../apiserver/json.ts";
import { EmbeddedApi } from "../apiserver/server.ts";
import { firstReason, needsCommand, testUnless } from "../shared/skip.ts";
import { call, eventually, jsonCall } from "./call.ts";
import { Kubectl } from "./kubectl.ts";
import { realServer } from "./real_server.ts";
import { containersOf, manifestFiles, manifestOf, manifestsPath, readManifests, textsOf } from "./manifest_files.ts";

/** A server and kubectl in front of it. */
interface Bench {
  readonly kubectl: Kubectl;
  readonly transport: KubeTransport;
  /** Runs `action` with what the Job's account may do; the embedded API lets everybody do everything. */
  asCleaner(action: (transport: KubeTransport) => Promise<void>): Promise<void>;
  /**
   * The embedded API empties a namespace at once; a real one waits five seconds, in which kubectl still finds what it
   * deletes.
   */
  readonly deleteFlags: readonly string[];
}

async function onEmbedded(test: (bench: Bench) => Promise<void>): Promise<void> {
  const api = new EmbeddedApi({ clock: systemClock, random: systemRandom, fieldOwnership: "always" });
  const served = await api.serve();
  try {
    using kubectl = new Kubectl({ text: served.kubeconfig() });
    const { transport } = api;
    const asCleaner: Bench["asCleaner"] = (action) => action(transport);
    await test({ kubectl, transport, asCleaner, deleteFlags: ["--ignore-not-found"] });
  } finally {
    await served.shutdown();
  }
}

async function onConfigured(path: string, test: (bench: Bench) => Promise<void>): Promise<void> {
  using transport = await kubeconfigTransport(path, { clock: systemClock });
  using kubectl = new Kubectl({ path });
  const asCleaner: Bench["asCleaner"] = async (action) => {
    const account = await kubectl.accountConfig({ namespace: "spiderpool", name: "spiderpool-clean" });
    using transport = await kubeconfigTransport(account, { clock: systemClock });
    await action(transport);
  };
  await test({ kubectl, transport, asCleaner, deleteFlags: [] });
}

function testServers(
  name: string,
  { isDestructive, test }: { isDestructive: boolean; test: (bench: Bench) => Promise<void> },
): void {
  const server = realServer();
  if (server === undefined) {
    return testUnless(needsCommand("kubectl"), { name: `embedded API: ${name}`, fn: () => onEmbedded(test) });
  }
  const mayRun = !isDestructive || server.mayDestroy;
  const reason = mayRun ? undefined : "it deletes all of Spiderpool: needs SPIDERPOOL_TEST_DESTRUCTIVE=true";
  testUnless(firstReason(needsCommand("kubectl"), reason), {
    name: `real API: ${name}`,
    fn: () => onConfigured(server.kubeconfig, test),
  });
}

/** The text of `files` with their objects in another namespace. */
function inNamespace(files: readonly string[], namespace: string): string {
  const texts = files.map((file) => Deno.readTextFileSync(file));
  return texts.join("\n---\n").replaceAll(/^( *)namespace: spiderpool$/gm, `$1namespace: ${namespace}`);
}

testServers("operations row 14.1: the server would take every manifest", {
  isDestructive: false,
  async test({ kubectl }) {
    const namespace = `t${crypto.randomUUID().slice(0, 8)}`;
    await kubectl.ok(["create", "namespace", namespace]); // in a dry run none is made
    try {
      const files = [...manifestFiles(), ...manifestFiles("uninstall/")];
      const args = ["apply", "--server-side", "--dry-run=server", "--force-conflicts", "--validate=strict", "-f", "-"];
      const lines = (await kubectl.ok(args, inNamespace(files, namespace))).trim().split("\n");
      assert.equal(lines.length, readManifests().length + readManifests("uninstall/").length);
      for (const line of lines) assert.match(line, /serverside-applied \(server dry run\)$/);
    } finally {
      await kubectl.ok(["delete", "namespace", namespace, "--wait=false"]);
    }
  },
});

const spiderpool = "/apis/spiderpool.spidernet.io/v2beta1";
const finalizers = ["spiderpool.spidernet.io"];

/** What an installation in use has: a pool with an address in use, and the endpoint that holds it. */
async function putPoolAndEndpoint(transport: KubeTransport): Promise<void> {
  const pool = { kind: "SpiderIPPool", metadata: { name: "p", finalizers }, spec: { subnet: "10.0.0.0/24" } };
  const endpoint = { kind: "SpiderEndpoint", metadata: { name: "e", finalizers } };
  for (const [path, object] of [["spiderippools", pool], ["namespaces/default/spiderendpoints", endpoint]] as const) {
    const body = { apiVersion: "spiderpool.spidernet.io/v2beta1", ...object };
    await jsonCall(transport, { method: "POST", path: `${spiderpool}/${path}`, body });
  }
}

/** Runs what the uninstall Job runs, from here: no kubelet is needed. */
async function runUninstallJob(transport: KubeTransport): Promise<void> {
  const [container = {}] = containersOf(manifestOf("Job", "spiderpool-clean", readManifests("uninstall/")));
  const lines: string[] = [];
  const code = await runProgram({
    args: [...textsOf(container.args), "--timeout=60", "--agent-timeout=5"],
    getenv: (name) => name === "SPIDERPOOL_POD_NAMESPACE" ? "spiderpool" : undefined,
    connect: () => Promise.resolve({ request: (request) => transport.request(request) }),
    write: (line) => lines.push(line),
    clock: systemClock,
    random: systemRandom,
    stop: new AbortController().signal,
  });
  assert.equal(code, exitCodes.done, lines.join(""));
}

/** Paths of all objects of `manifests/`. */
function pathsOfManifests(): string[] {
  const folders: Readonly<Record<string, string>> = {
    CustomResourceDefinition: "/apis/apiextensions.k8s.io/v1/customresourcedefinitions",
    Namespace: "/api/v1/namespaces",
    ServiceAccount: "/api/v1/namespaces/spiderpool/serviceaccounts",
    ConfigMap: "/api/v1/namespaces/spiderpool/configmaps",
    Service: "/api/v1/namespaces/spiderpool/services",
    ClusterRole: "/apis/rbac.authorization.k8s.io/v1/clusterroles",
    ClusterRoleBinding: "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings",
    Role: "/apis/rbac.authorization.k8s.io/v1/namespaces/spiderpool/roles",
    RoleBinding: "/apis/rbac.authorization.k8s.io/v1/namespaces/spiderpool/rolebindings",
    DaemonSet: "/apis/apps/v1/namespaces/spiderpool/daemonsets",
    Job: "/apis/batch/v1/namespaces/spiderpool/jobs",
  };
  return [...readManifests(), ...readManifests("uninstall/")].map((object) => {
    const folder = folders[String(object.kind)];
    if (folder === undefined) throw new Error(`Cannot look for a ${object.kind}: its path is not in this test`);
    return `${folder}/${at(object, "metadata", "name")}`;
  });
}

async function statusesOf(transport: KubeTransport, paths: readonly string[]): Promise<Record<string, number>> {
  const statuses = paths.map(async (path) => [path, (await call(transport, { method: "GET", path })).status] as const);
  return Object.fromEntries(await Promise.all(statuses));
}

testServers("apply, apply again, uninstall Job, delete: nothing is left", {
  isDestructive: true,
  async test({ kubectl, transport, asCleaner, deleteFlags }) {
    const paths = pathsOfManifests();
    await kubectl.ok(["apply", "-f", manifestsPath()]);
    const again = (await kubectl.ok(["apply", "-f", manifestsPath()])).trim().split("\n");
    assert.deepEqual(again.filter((line) => !line.endsWith(" unchanged")), []);
    await eventually("the pools are served", async () => {
      return (await call(transport, { method: "GET", path: `${spiderpool}/spiderippools` })).status === 200;
    });
    await putPoolAndEndpoint(transport);
    await kubectl.ok(["apply", "-f", manifestsPath("uninstall/")]);
    const there = await statusesOf(transport, paths);
    assert.deepEqual(there, Object.fromEntries(paths.map((path) => [path, 200])));
    await asCleaner(runUninstallJob);
    await kubectl.ok(["delete", ...deleteFlags, "-f", manifestsPath(), "--timeout=90s"]);
    await eventually("everything has gone", async () => {
      return Object.values(await statusesOf(transport, paths)).every((status) => status === 404);
    });
  },
});

testServers("the agents come back when the manifests are applied after an uninstall Job", {
  isDestructive: true,
  async test({ kubectl, asCleaner, deleteFlags }) {
    const selector = async (): Promise<Json | undefined> => {
      const text = await kubectl.ok(["-n", "spiderpool", "get", "daemonset", "spiderpool-agent", "-o", "json"]);
      return at(parseJson(text), "spec", "template", "spec", "nodeSelector");
    };
    await kubectl.ok(["apply", "-f", manifestsPath()]);
    await asCleaner(runUninstallJob);
    assert.deepEqual(await selector(), { "kubernetes.io/os": "none" });
    await kubectl.ok(["apply", "-f", manifestsPath()]);
    assert.deepEqual(await selector(), { "kubernetes.io/os": "linux" });
    await kubectl.ok(["delete", ...deleteFlags, "-f", manifestsPath(), "--timeout=90s"]);
  },
});
