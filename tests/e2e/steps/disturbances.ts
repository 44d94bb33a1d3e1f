import { systemClock } from "../../../net/base/clock.ts";
import { formatDuration } from "../../../scripts/cluster/progress.ts";
import { printLine } from "../../../scripts/print.ts";
import type { Bed } from "../bed.ts";
import { assertSettled } from "../checker.ts";
import { midRollout, rolledOut } from "../rollout.ts";
import { tasksOf } from "../sandboxes.ts";
import type { Step } from "../step.ts";
import { NAMESPACE, networkOf, poolOf } from "../workload.ts";
import { deploy, remove } from "./families.ts";

/** How long the control plane is away, in milliseconds. */
const OUTAGE_MS = 20_000;

/** Of the Deployment that is rolled out; some more addresses than it needs, so that it goes on while addresses are being freed. */
const REPLICAS = 12;
const SURGE = 4;

const objects = [
  poolOf("shaken-v4", "172.22.5.1-172.22.5.18"),
  poolOf("shaken-v6", "fd00:22::5:1-fd00:22::5:12"),
  networkOf("shaken", { v4: "shaken-v4", v6: "shaken-v6" }),
];

interface Disturbance {
  readonly name: string;
  readonly run: (bed: Bed) => Promise<unknown>;
}

/** The Deployment that is rolled out again and again, and each time something else dies in the middle. */
export const shaken: Step = {
  name: `a Deployment of ${REPLICAS} to disturb`,
  run: (bed) =>
    deploy(bed, {
      name: "shaken",
      objects,
      wish: { replicas: REPLICAS, network: "shaken", maxSurge: SURGE, maxUnavailable: 2 },
    }),
};

/** The crash that a node's Pods depend on most. */
export const agentKilled: Step = stepOf({ name: "agents killed with -9", run: killAgents });

/** The other things that die. */
export const disturbances: readonly Step[] = [
  {
    name: "agent Pods deleted",
    run: (bed: Bed) => bed.kubectl(["-n", "spiderpool", "delete", "pods", "--all", "--wait=false"]),
  },
  {
    name: "kubelets killed and started again",
    run: ({ cluster }: Bed) =>
      Promise.all(cluster.nodes.map((node) => cluster.restartKubelet(node, { signal: "SIGKILL" }))),
  },
  {
    name: "containerds killed and started again",
    run: ({ cluster }: Bed) =>
      Promise.all(cluster.nodes.map((node) => cluster.restartContainerd(node, { signal: "SIGKILL" }))),
  },
  { name: "kube-apiserver and etcd away for 20 s", run: controlPlaneOutage },
].map(stepOf);

/** Removes {@linkcode shaken}. */
export const shakenGone: Step = {
  name: "the Deployment goes, and with it all its addresses",
  run: (bed) => remove(bed, "shaken", objects),
};

function stepOf({ name, run }: Disturbance): Step {
  return {
    name: `in the middle of a rollout: ${name}; then every Pod runs, no address is double, none is leaked`,
    run: (bed) => disturb(bed, run),
  };
}

async function disturb(bed: Bed, run: Disturbance["run"]): Promise<void> {
  await bed.kubectl(["-n", NAMESPACE, "rollout", "restart", "deployment/shaken"]);
  await midRollout(bed, "shaken", SURGE);
  const startedMs = performance.now();
  await run(bed);
  await rolledOut(bed, "shaken");
  await assertSettled(bed.cluster);
  printLine(`settled ${formatDuration(performance.now() - startedMs)} after the disturbance began`);
}

async function killAgents({ cluster }: Bed): Promise<void> {
  for (const node of cluster.nodes) {
    const agent = (await tasksOf(node)).find(({ container }) => container === "spiderpool-agent");
    if (agent?.pid === undefined) throw new Error(`Cannot kill the agent of ${node.name}: it does not run`);
    await node.exec("kill", "-9", String(agent.pid));
  }
}

async function controlPlaneOutage({ cluster }: Bed): Promise<void> {
  await cluster.stopControlPlane();
  await systemClock.sleep(OUTAGE_MS);
  await cluster.startControlPlane();
}
