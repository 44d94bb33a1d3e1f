/** What a kubelet tells the API server of a Pod. */
import type { PodFacts } from "./ledger.ts";
import type { SimDeps } from "./sim_deps.ts";

/** Tells what runs: phase and addresses. */
export async function reportRunning({ cluster, checker }: SimDeps, { name, uid }: PodFacts): Promise<void> {
  const live = [...checker.ledger.live()].filter(({ pod, nic }) => pod.uid === uid && nic === "eth0");
  const pod = await cluster.pod(name);
  if (pod?.metadata.uid !== uid || live.length === 0) return;
  const podIPs = live.flatMap(({ addresses }) => addresses).map((ip) => ({ ip }));
  await cluster.pods.updateStatus({ ...pod, status: { phase: "Running", podIPs } });
}

/** Tells that its work is done. */
export async function reportCompleted({ cluster }: SimDeps, { name, uid }: PodFacts): Promise<void> {
  const pod = await cluster.pod(name);
  if (pod?.metadata.uid !== uid) return;
  await cluster.pods.updateStatus({ ...pod, status: { ...pod.status, phase: "Succeeded" } });
}

/** Lets the object go. */
export async function removePod({ cluster, checker, trace }: SimDeps, { name, uid }: PodFacts): Promise<void> {
  checker.ledger.podGone(uid);
  if (await cluster.deletePod({ name, uid }, 0)) trace.add("cluster", `Pod ${name} ${uid.slice(0, 4)} gone`);
}
