import assert from "node:assert/strict";
import { BUSYBOX_IMAGE, Cluster, nameHere, type Node } from "../../scripts/cluster/mod.ts";
import { waitUntil } from "../../scripts/cluster/wait.ts";
import { printLine } from "../../scripts/print.ts";
import { PATIENCE_MS, PATIENT } from "../e2e/patience.ts";
import { testUnless } from "../shared/skip.ts";
import { assertTraces, readTraces } from "./traces.ts";

const name = nameHere("sptn");

testUnless(await Cluster.obstacle(), {
  name: "Cluster: nodes get Ready, Pods run on both networks, nothing is left",
  async fn(t) {
    await Cluster.down(name);
    const before = await readTraces(name);
    const cluster = await Cluster.up({ name, nodes: 2, say: printLine });
    const machines = [cluster.control.machine, ...cluster.nodes.map(({ machine }) => machine)];
    try {
      await t.step(
        "Pods of the default network reach each other across nodes and the API",
        () => defaultNetwork(cluster),
      );
      await t.step("Pods of the underlay are on one L2 network across nodes", () => underlay(cluster));
      await t.step("Pods outlive kubelet and containerd", () => restarts(cluster));
      await t.step("a second up takes the running cluster", () => secondUp(cluster));
    } finally {
      await cluster.down();
    }
    assert.deepEqual(machines.flatMap((machine) => machine.processes()), []);
    await assertTraces(name, before);
  },
});

async function defaultNetwork(cluster: Cluster): Promise<void> {
  await apply(cluster, deployment("plain", {}));
  const [one, two] = await podsOnTwoNodes(cluster, "plain");
  for (const address of [two.address, "10.96.0.1"]) {
    const look = async () => {
      const { code, stdout, stderr } = await cluster.kubectl([
        "exec",
        one.name,
        "--",
        "ping",
        "-c",
        "1",
        "-W",
        "5",
        address,
      ]);
      return code === 0 ? undefined : stderr || stdout;
    };
    await waitUntil(look, { what: `ping ${address} from ${one.name}`, timeoutMs: PATIENCE_MS });
  }
  await inPod(cluster, one, "cat", "/var/run/secrets/kubernetes.io/serviceaccount/token");
}

async function underlay(cluster: Cluster): Promise<void> {
  for (const [i, node] of cluster.nodes.entries()) await apply(cluster, underlayPod(node, `172.22.9.${i + 1}`));
  await kubectl(cluster, "wait", "--for=condition=Ready", PATIENT, "pod", "-l", "app=underlay");
  await inPod(cluster, { name: "underlay-node-1" }, "arping", "-f", "-w", "60", "-I", "eth0", "172.22.9.2");
}

async function restarts(cluster: Cluster): Promise<void> {
  const before = await containersOf(cluster);
  for (const node of cluster.nodes) {
    await cluster.restartContainerd(node, { signal: "SIGKILL" });
    await cluster.restartKubelet(node, { signal: "SIGKILL" });
  }
  await cluster.waitForNodes();
  await kubectl(cluster, "wait", "--for=condition=Ready", PATIENT, "pod", "--all");
  assert.equal(await containersOf(cluster), before);
}

async function secondUp(cluster: Cluster): Promise<void> {
  const again = await Cluster.up({ name, nodes: 1 });
  assert.deepEqual(again.nodes.map(({ machine }) => machine.pid), cluster.nodes.map(({ machine }) => machine.pid));
}

interface Pod {
  readonly name: string;
  readonly address: string;
  readonly node: string;
}

async function podsOnTwoNodes(cluster: Cluster, app: string): Promise<readonly [Pod, Pod]> {
  await kubectl(cluster, "rollout", "status", `deployment/${app}`, PATIENT);
  const columns = "{range .items[*]}{.metadata.name} {.status.podIP} {.spec.nodeName}{'\\n'}{end}".replaceAll("'", '"');
  const listed = await kubectl(cluster, "get", "pods", "-l", `app=${app}`, "-o", `jsonpath=${columns}`);
  const pods = listed.trim().split("\n").map((line): Pod => {
    const [name = "", address = "", node = ""] = line.split(" ");
    return { name, address, node };
  });
  const [one] = pods;
  const two = pods.find(({ node }) => node !== one?.node);
  assert.ok(one !== undefined && two !== undefined, `Pods of ${app} are not on two nodes: ${listed}`);
  return [one, two];
}

/** Ids of containers and their numbers of restarts. */
async function containersOf(cluster: Cluster): Promise<string> {
  const path = "{.items[*].status.containerStatuses[*]['containerID','restartCount']}";
  return await kubectl(cluster, "get", "pods", "-o", `jsonpath=${path}`);
}

function deployment(name: string, annotations: Readonly<Record<string, string>>): unknown {
  const labels = { app: name };
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name },
    spec: {
      replicas: 4,
      selector: { matchLabels: labels },
      template: { metadata: { labels, annotations }, spec: podSpec() },
    },
  };
}

/** A network with one address, and a Pod on `node` that has it on eth0. */
function underlayPod(node: Node, address: string): unknown {
  const name = `underlay-${node.name}`;
  const ipam = { type: "static", addresses: [{ address: `${address}/16`, gateway: "172.22.0.1" }] };
  const config = { cniVersion: "1.0.0", name, plugins: [{ type: "macvlan", master: "eth1", mode: "bridge", ipam }] };
  const network = {
    apiVersion: "k8s.cni.cncf.io/v1",
    kind: "NetworkAttachmentDefinition",
    metadata: { name, namespace: "kube-system" },
    spec: { config: JSON.stringify(config) },
  };
  const annotations = { "v1.multus-cni.io/default-network": `kube-system/${name}` };
  const pod = {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, labels: { app: "underlay" }, annotations },
    spec: { ...podSpec(), nodeName: node.name },
  };
  return { apiVersion: "v1", kind: "List", items: [network, pod] };
}

function podSpec(): Record<string, unknown> {
  const command = ["sh", "-c", "trap exit TERM; sleep 100000 & wait"];
  const container = { name: "main", image: BUSYBOX_IMAGE, imagePullPolicy: "Never", command };
  return { terminationGracePeriodSeconds: 1, containers: [container] };
}

async function apply(cluster: Cluster, object: unknown): Promise<void> {
  const { code, stderr } = await cluster.kubectl(["apply", "-f", "-"], { stdin: JSON.stringify(object) });
  assert.equal(code, 0, stderr);
}

async function inPod(cluster: Cluster, { name }: { readonly name: string }, ...command: string[]): Promise<string> {
  return await kubectl(cluster, "exec", name, "--", ...command);
}

async function kubectl(cluster: Cluster, ...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await cluster.kubectl(args);
  assert.equal(code, 0, `kubectl ${args.join(" ")}: ${stderr}`);
  return stdout;
}
