import { type ObjectKey, resourceClient } from "../../crd/kube/mod.ts";
import type { TimedDeps } from "./deps.ts";
import { type AgentDaemonSet, agentDaemonSets } from "./kinds.ts";
import { persist } from "./persist.ts";

/** Between two looks, in milliseconds. */
const PAUSE_MS = 1_000;

/**
 * No node has this value. The manifest sets the same key, so that `kubectl apply` of it brings the agents back.
 */
export const NOWHERE = { "kubernetes.io/os": "none" };

/**
 * Stops the Pods of the agents' DaemonSet, so that nothing is allocated any more: a claim under way would leave an
 * endpoint behind. The DaemonSet stays for whoever deletes the manifests. Agents that do not stop in time (a node that
 * is down) are reported in the log and no reason to give up.
 *
 * @throws {KubeApiError} if it may not be changed
 */
export async function stopAgents(deps: TimedDeps, key: ObjectKey): Promise<void> {
  const { transport, clock, log, signal, deadlineMs } = deps;
  const client = resourceClient(transport, agentDaemonSets, { clock, fieldManager: "spiderpool-init" });
  const patch = { spec: { template: { spec: { nodeSelector: NOWHERE } } } };
  let agents = await persist(deps, () => client.patch(key, { type: "merge", patch }, { signal }));
  if (agents === undefined) return log.info("found no agents to stop", { daemonSet: key.name });
  log.info("stops the agents", { daemonSet: key.name });
  while (agents !== undefined && !isStopped(agents)) {
    if (clock.now() >= deadlineMs) {
      return log.warn("some agents still run: what they write now may stay behind", { ...agents.status });
    }
    await clock.sleep(PAUSE_MS, signal);
    agents = await persist(deps, () => client.get(key, { signal }));
  }
  log.info("the agents have stopped");
}

/** Whether the controller has seen the change and no Pod is left. What no controller ever saw has no Pods. */
export function isStopped({ metadata, status = {} }: AgentDaemonSet): boolean {
  const { observedGeneration, currentNumberScheduled = 0, numberMisscheduled = 0 } = status;
  if (observedGeneration === undefined) return true;
  return observedGeneration >= (metadata.generation ?? 0) && currentNumberScheduled + numberMisscheduled === 0;
}
