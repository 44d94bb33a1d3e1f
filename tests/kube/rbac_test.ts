/** Roles of `manifests/` against the requests the code makes: all that is needed, nothing that is not. */
import assert from "node:assert/strict";
import type { KubeRequest, KubeTransport } from "../../crd/kube/contract.ts";
import { silentLog } from "../../net/base/log.ts";
import { seededRandom } from "../../net/base/random.ts";
import { createCoordinatorService } from "../../agent/coordinator/service.ts";
import { clean } from "../../controller/clean/mod.ts";
import { kubeconfigTransport } from "../../crd/kube/mod.ts";
import { systemClock } from "../../net/base/clock.ts";
import { at, type JsonObject } from "../apiserver/json.ts";
import { needsCommand, testUnless } from "../shared/skip.ts";
import { grantRole } from "./accounts.ts";
import { Agent, Cluster } from "./ipam_cluster.ts";
import { interceptingTransport } from "./intercepting_transport.ts";
import { testIpam } from "./ipam_tests.ts";
import { Kubectl } from "./kubectl.ts";
import { realServer } from "./real_server.ts";
import { createKubevirt, installKubevirt, kubevirtPath, launcher } from "./kubevirt.ts";
import { manifestOf, readManifests } from "./manifest_files.ts";
import { compareNeeds, permissionsOf } from "./permissions.ts";

const all = { missing: [], unused: [] };
const v4a = { defaultIPv4IPPool: ["v4a"] };

/** A transport that notes everything, watches too. */
function recording(transport: KubeTransport): KubeTransport & { readonly requests: KubeRequest[] } {
  const requests: KubeRequest[] = [];
  return {
    requests,
    request(request) {
      requests.push(request);
      return transport.request(request);
    },
  };
}

async function runAgentFlows(cluster: Cluster, agent: Agent): Promise<void> {
  await cluster.drive(agent.ready());
  await addAndDelete(cluster, agent);
  await collectGarbage(cluster, agent);
  await ownersOfPods(cluster, agent);
  await statefulSets(cluster, agent);
  if (cluster.isReal) return;
  await virtualMachines(cluster, agent);
  await refusals(cluster, agent);
  await withoutWatches(cluster, agent);
  await coordinatorConfig(cluster, agent);
}

/** What the coordinator plugin is told: a watch of its own. */
async function coordinatorConfig(cluster: Cluster, agent: Agent): Promise<void> {
  const { clock } = cluster;
  const deps = { transport: agent.connection, clock, random: seededRandom(1), log: silentLog, pod: agent.ipam.pod };
  const service = createCoordinatorService(deps);
  const stop = new AbortController();
  const running = service.run(stop.signal);
  try {
    await assert.rejects(cluster.drive(service.config({}, stop.signal)), /no SpiderCoordinator found/);
  } finally {
    stop.abort(new Error("the test ends"));
    await running;
  }
}

/** Endpoint: create, update for another container, patch its finalizer. DEL without an endpoint lists the pools. */
async function addAndDelete(cluster: Cluster, agent: Agent): Promise<void> {
  const podUID = await cluster.pod("plain");
  await agent.add({ podName: "plain", podUID, ...v4a });
  await agent.add({ podName: "plain", podUID, containerID: "c2", ...v4a });
  await cluster.removePod("plain");
  await agent.del({ podName: "plain", podUID, containerID: "c2" });
  await agent.del({ podName: "plain", podUID, containerID: "c2" });
}

/** GC lists the endpoints. */
async function collectGarbage(cluster: Cluster, agent: Agent): Promise<void> {
  const args = { networkName: "lan", validAttachments: [] };
  await cluster.drive(agent.ipam.housekeeping.collect(args, new AbortController().signal));
}

/** An Event for the first refusal, and its count when the cause repeats after a quiet minute. */
async function refusals(cluster: Cluster, agent: Agent): Promise<void> {
  const podUID = await cluster.pod("refused");
  await cluster.advance(0);
  for (let i = 0; i < 2; i++) {
    await agent.refusal({ podName: "refused", podUID, defaultIPv4IPPool: ["nope"] });
    await cluster.advance(60_000);
  }
}

async function ownersOfPods(cluster: Cluster, agent: Agent): Promise<void> {
  for (const [group, kind, plural] of [["apps", "ReplicaSet", "replicasets"], ["batch", "Job", "jobs"]] as const) {
    const name = kind.toLowerCase();
    const containers = [{ name: "main", image: "busybox" }];
    const template = { metadata: { labels: { app: name } }, spec: { restartPolicy: "Always", containers } };
    const spec = kind === "Job"
      ? { template: { spec: { ...template.spec, restartPolicy: "Never" } } }
      : { selector: { matchLabels: { app: name } }, template };
    const owner = await cluster.create(`/apis/${group}/v1/namespaces/ns1/${plural}`, { metadata: { name }, spec });
    const reference = { apiVersion: `${group}/v1`, kind, name, uid: owner.metadata.uid };
    const podUID = await cluster.pod(`${name}-pod`, { owner: reference });
    await agent.add({ podName: `${name}-pod`, podUID, defaultIPv4IPPool: ["v4b"] });
  }
}

/** DEL asks whether the StatefulSet still wants the Pod, and deletes the endpoint of one it does not want. */
async function statefulSets(cluster: Cluster, agent: Agent): Promise<void> {
  const owner = await cluster.statefulSet("db", { replicas: 1 });
  const podUID = await cluster.pod("db-0", { owner });
  await agent.add({ podName: "db-0", podUID, ...v4a });
  await cluster.patch("/apis/apps/v1/namespaces/ns1/statefulsets/db", { spec: { replicas: 0 } });
  await cluster.removePod("db-0");
  await agent.del({ podName: "db-0", podUID });
}

/** ADD asks whether the VM migrates to the Pod, DEL whether it wants its addresses, and who else has them. */
async function virtualMachines(cluster: Cluster, plain: Agent): Promise<void> {
  await installKubevirt(cluster);
  const options = { features: { enableKubevirt: true }, config: { enableIPConflictDetection: true } };
  const agent = new Agent(cluster, plain.connection, options);
  try {
    await cluster.drive(agent.ready());
    const vmi = await createKubevirt(cluster, "VirtualMachineInstance", { name: "vm1" });
    const annotations = { "kubevirt.io/migrationJobName": "m1" };
    const podUID = await cluster.pod("launcher", launcher(vmi, { annotations }));
    await agent.add({ podName: "launcher", podUID, defaultIPv4IPPool: ["v4b"] });
    await cluster.delete(kubevirtPath("VirtualMachineInstance", "vm1"));
    await cluster.terminate("launcher");
    await agent.del({ podName: "launcher", podUID });
  } finally {
    await agent.stop();
  }
}

/** A namespace is read when the watch is behind. */
async function withoutWatches(cluster: Cluster, agent: Agent): Promise<void> {
  cluster.api.setFaults(({ verb }) => verb === "watch" ? { watch: { delayEventsMs: 1e9 } } : undefined);
  const watching = new Agent(cluster, agent.connection, {});
  try {
    await cluster.drive(watching.ready());
    await cluster.create("/api/v1/namespaces", { metadata: { name: "new" } });
    const pod = await cluster.create("/api/v1/namespaces/new/pods", {
      metadata: { name: "p" },
      spec: { nodeName: "n1", containers: [{ name: "main", image: "busybox" }] },
    });
    const podUID = pod.metadata.uid ?? "";
    await watching.add({ podName: "p", podNamespace: "new", podUID, defaultIPv4IPPool: ["v4b"] });
  } finally {
    await watching.stop();
  }
}

/** The agent of a node that is not registered yet. */
async function readsItsNode(cluster: Cluster, agent: Agent): Promise<void> {
  await cluster.drive(agent.ready());
  const podUID = await cluster.pod("early", { node: "late" });
  await agent.add({ podName: "early", podUID, defaultIPv4IPPool: ["v4b"] });
}

/** Runs `flow` with an agent of `node`. @returns its requests, watches too */
async function requestsOf(
  cluster: Cluster,
  node: string,
  flow: (cluster: Cluster, agent: Agent) => Promise<void>,
): Promise<KubeRequest[]> {
  const transport = recording(cluster.api.connect(node));
  const agent = new Agent(cluster, transport, { node });
  try {
    await flow(cluster, agent);
  } finally {
    await agent.stop();
  }
  return transport.requests;
}

testIpam("operations row 14.4: spiderpool-agent may do what the agent asks for and nothing more", async () => {
  await using cluster = await Cluster.start();
  const requests = [
    ...await requestsOf(cluster, "late", readsItsNode),
    ...await requestsOf(cluster, "n1", runAgentFlows),
  ];
  const role = permissionsOf(manifestOf("ClusterRole", "spiderpool-agent"));
  assert.ok(role.delete("create authentication.k8s.io/tokenreviews"), "for the peer port: peer_port_test.ts");
  assert.deepEqual(compareNeeds(role, requests), all);
}, { onlyEmbedded: true });

/** Whoever the API server judges himself: an account with this role and nothing else. */
async function asAccount(role: JsonObject, flow: (transport: KubeTransport) => Promise<void>): Promise<void> {
  using kubectl = new Kubectl({ path: realServer()?.kubeconfig ?? "" });
  using admin = await kubeconfigTransport(realServer()?.kubeconfig ?? "", { clock: systemClock });
  await using granted = await grantRole(admin, role);
  using transport = await kubeconfigTransport(await kubectl.accountConfig(granted), { clock: systemClock });
  await granted.inForce(transport);
  await flow(transport);
}

if (realServer() !== undefined) {
  const reason = realServer()?.mayDestroy ? needsCommand("kubectl") : "needs SPIDERPOOL_TEST_DESTRUCTIVE=true";
  testUnless(reason, {
    name: "real API: an agent that has ClusterRole spiderpool-agent and nothing else is never forbidden anything",
    async fn() {
      await using cluster = await Cluster.start();
      const forbidden: string[] = [];
      await asAccount(manifestOf("ClusterRole", "spiderpool-agent"), async (transport) => {
        const judged = interceptingTransport(transport, async (request) => {
          const response = await transport.request(request);
          if (response.status === 403) forbidden.push(`${request.method} ${request.path}`);
          return response;
        });
        const agent = new Agent(cluster, judged, {});
        try {
          await runAgentFlows(cluster, agent);
        } finally {
          await agent.stop();
        }
      });
      assert.deepEqual(forbidden, []);
    },
  });
}

testIpam("operations row 3.2.24: spiderpool-clean may do what the uninstall asks for and nothing more", async () => {
  await using cluster = await Cluster.start();
  for (const object of readManifests().filter(({ kind }) => kind === "Namespace" || kind === "DaemonSet")) {
    const path = object.kind === "Namespace" ? "/api/v1/namespaces" : "/apis/apps/v1/namespaces/spiderpool/daemonsets";
    await cluster.create(path, object);
  }
  await cluster.patch("/apis/apps/v1/namespaces/spiderpool/daemonsets/spiderpool-agent/status", {
    status: { observedGeneration: 1, currentNumberScheduled: 1 },
  });
  const transport = recording(cluster.api.connect("clean"));
  await everyKindWithFinalizer(cluster);
  const key = (name: string) => ({ namespace: "spiderpool", name });
  const problems = await cluster.drive(clean({
    transport,
    clock: cluster.clock,
    random: seededRandom(1),
    log: silentLog,
    signal: new AbortController().signal,
  }, {
    validatingWebhook: "spiderpool-controller",
    mutatingWebhook: "spiderpool-controller",
    agents: key("spiderpool-agent"),
    initJob: key("spiderpool-init"),
    keepCrds: false,
    finalizers: "ours",
    timeoutMs: 60_000,
    agentTimeoutMs: 5_000,
  }));
  assert.deepEqual(problems, []);
  const roles = ["ClusterRole", "Role"].map((kind) => permissionsOf(manifestOf(kind, "spiderpool-clean")));
  const role = roles.reduce((both, more) => both.union(more));
  assert.deepEqual(compareNeeds(role, transport.requests), all);
}, { onlyEmbedded: true });

async function everyKindWithFinalizer(cluster: Cluster): Promise<void> {
  for (const crd of readManifests().filter(({ kind }) => kind === "CustomResourceDefinition")) {
    const plural = String(at(crd, "spec", "names", "plural"));
    const where = at(crd, "spec", "scope") === "Namespaced" ? "namespaces/ns1/" : "";
    await cluster.create(`/apis/spiderpool.spidernet.io/v2beta1/${where}${plural}`, {
      apiVersion: "spiderpool.spidernet.io/v2beta1",
      kind: at(crd, "spec", "names", "kind"),
      metadata: { name: "held", finalizers: ["spiderpool.spidernet.io"] },
    });
  }
}

Deno.test("compareNeeds() sees what is missing and what is not used", () => {
  const role: JsonObject = {
    rules: [
      { apiGroups: [""], resources: ["pods"], verbs: ["get", "list"] },
      { apiGroups: ["batch"], resources: ["jobs"], resourceNames: ["a"], verbs: ["delete"] },
    ],
  };
  const requests: KubeRequest[] = [
    { method: "GET", path: "/api/v1/namespaces/x/pods/p" },
    { method: "DELETE", path: "/apis/batch/v1/namespaces/x/jobs/b" },
    { method: "PUT", path: "/apis/g/v1/things/t/status" },
  ];
  assert.deepEqual(compareNeeds(permissionsOf(role), requests), {
    missing: ["delete batch/jobs b", "update g/things/status t"],
    unused: ["delete batch/jobs a", "list /pods"],
  });
});
