/** What users do during a soak: Pods come and go all the time. */
import type { Random } from "../../../net/base/random.ts";
import type { Bed } from "../../e2e/bed.ts";
import { deploymentOf, type Manifest, NAMESPACE, networkOf, poolOf } from "../../e2e/workload.ts";

/** Deployments that are changed, and how many Pods they have at most. */
const deployments = [
  { name: "soak-dual", network: "soak-dual", most: 10 },
  { name: "soak-v4", network: "soak-v4", most: 8 },
] as const;

/** Pools and networks of the Deployments. There are more addresses than Pods at rest, and fewer than in a big change. */
export const soakObjects: readonly Manifest[] = [
  poolOf("soak-v4", "172.22.9.1-172.22.9.26"),
  poolOf("soak-v6", "fd00:22::9:1-fd00:22::9:40"),
  networkOf("soak-dual", { v4: "soak-v4", v6: "soak-v6" }),
  networkOf("soak-v4", { v4: "soak-v4" }),
];

/** The Deployments as they are at the beginning and at the end. */
export const soakDeployments: readonly Manifest[] = deployments.map(({ name, network, most }) =>
  deploymentOf(name, { replicas: most / 2, network, maxSurge: 2, maxUnavailable: 2 })
);

/** Names of the Deployments. */
export const soakNames: readonly string[] = deployments.map(({ name }) => name);

/** Between two changes, in milliseconds. */
const PAUSE_MS = { least: 2_000, most: 8_000 };

/** Arguments of kubectl for the next change. */
export function drawChange(random: Random): readonly string[] {
  const { name, most } = deployments[Math.floor(random() * deployments.length)]!;
  const what = random();
  const inNamespace = ["-n", NAMESPACE];
  if (what < 0.45) {
    return [...inNamespace, "scale", `deployment/${name}`, `--replicas=${Math.floor(random() * (most + 1))}`];
  }
  if (what < 0.75) return [...inNamespace, "rollout", "restart", `deployment/${name}`];
  const force = random() < 0.3 ? ["--grace-period=0", "--force"] : [];
  return [...inNamespace, "delete", "pods", "-l", `app=${name}`, "--wait=false", ...force];
}

/** What a {@linkcode churn} was. */
export interface ChurnOutcome {
  readonly changes: number;
  /** Those that the API server could not be asked for. */
  readonly failed: number;
}

/** Changes Deployments until `signal` is aborted. */
export async function churn(
  bed: Bed,
  { random, sleep, signal }: {
    readonly random: Random;
    readonly sleep: (ms: number) => Promise<void>;
    readonly signal: AbortSignal;
  },
): Promise<ChurnOutcome> {
  let [changes, failed] = [0, 0];
  while (!signal.aborted) {
    const { code } = await bed.cluster.kubectl([...drawChange(random), "--request-timeout=10s"]);
    changes++;
    if (code !== 0) failed++;
    await sleep(PAUSE_MS.least + random() * (PAUSE_MS.most - PAUSE_MS.least));
  }
  return { changes, failed };
}
