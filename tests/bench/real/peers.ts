/** What agents need to find each other: addresses of their own, a Service's EndpointSlice, and a token. */
import { join } from "node:path";
import type { KubeTransport } from "../../../crd/kube/contract.ts";
import { run } from "../../../scripts/cluster/command.ts";
import { call, eventually, jsonCall, pick } from "../../kube/call.ts";
import { benchNode } from "./real_world.ts";

const NAMESPACE = "kube-system";
const SERVICE = "spiderpool-agent";
const PORT = 5713;
/** Longest time a token is asked for, in seconds. */
const TOKEN_SECONDS = 4 * 3600;

/** Address of agent `index` inside the network namespace of the measurements. */
export function peerAddress(index: number): string {
  return `10.224.${Math.floor(index / 250)}.${1 + index % 250}`;
}

/** Gives the first `count` agents their addresses in `netns`. */
export async function addPeerAddresses(netns: string, count: number): Promise<void> {
  const lines = Array.from({ length: count }, (_, i) => `addr replace ${peerAddress(i)}/32 dev lo\n`);
  await run(["nsenter", `--net=${netns}`, "ip", "-batch", "-"], { stdin: lines.join("") });
}

/** Makes the agents' account, and a token with which they show each other who they are. @returns path of its file */
export async function writePeerToken(admin: KubeTransport, folder: string): Promise<string> {
  const accounts = `/api/v1/namespaces/${NAMESPACE}/serviceaccounts`;
  await call(admin, { method: "POST", path: accounts, body: { metadata: { name: SERVICE } } });
  const body = { spec: { audiences: ["spiderpool-peer"], expirationSeconds: TOKEN_SECONDS } };
  const answer = await jsonCall(admin, { method: "POST", path: `${accounts}/${SERVICE}/token`, body });
  const path = join(folder, "peer-token");
  await Deno.writeTextFile(path, String(pick(answer, "status.token")), { mode: 0o600 });
  return path;
}

const slices = `/apis/discovery.k8s.io/v1/namespaces/${NAMESPACE}/endpointslices`;
const leases = `/apis/coordination.k8s.io/v1/namespaces/${NAMESPACE}/leases`;

/** Says which agents there are, as the controller of Services would. */
export async function announceAgents(admin: KubeTransport, count: number): Promise<void> {
  const body = {
    metadata: { name: "bench-agents", labels: { "kubernetes.io/service-name": SERVICE } },
    addressType: "IPv4",
    ports: [{ name: "peer", port: PORT, protocol: "TCP" }],
    endpoints: Array.from({ length: count }, (_, i) => ({
      addresses: [peerAddress(i)],
      nodeName: benchNode(i),
      conditions: { ready: true },
    })),
  };
  await forgetAgents(admin);
  await jsonCall(admin, { method: "POST", path: slices, body });
}

/** Removes what {@linkcode announceAgents} made, and the Leases of agents that were killed. */
export async function forgetAgents(admin: KubeTransport): Promise<void> {
  await call(admin, { method: "DELETE", path: `${slices}/bench-agents` });
  await call(admin, { method: "DELETE", path: leases, query: { labelSelector: LEASES } });
}

const LEASES = "app.kubernetes.io/component=spiderpool-peer";

/** Waits until each agent has made its certificate known. */
export async function agentsKnown(admin: KubeTransport, count: number): Promise<void> {
  await eventually(`${count} agents have made themselves known`, async () => {
    const list = await jsonCall(admin, { method: "GET", path: leases, query: { labelSelector: LEASES } });
    const items = pick(list, "items");
    return Array.isArray(items) && items.length >= count;
  });
}
