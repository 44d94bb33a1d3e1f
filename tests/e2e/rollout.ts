/** Watching Deployments. */
import { at, type Json } from "../apiserver/json.ts";
import { jsonCall } from "../kube/call.ts";
import type { Bed } from "./bed.ts";
import { HopelessError, patiently } from "./patience.ts";
import { NAMESPACE } from "./workload.ts";

/** What a Deployment's controller says. */
export interface RolloutState {
  readonly replicas: number;
  readonly total: number;
  readonly updated: number;
  readonly ready: number;
  readonly isObserved: boolean;
}

/** Waits until all Pods of a Deployment are of its latest template and ready. @throws {WaitError} that says how many are */
export async function rolledOut(bed: Bed, name: string): Promise<void> {
  const look = async () => notDone(await rolloutState(bed, name));
  await patiently(`roll out Deployment ${name}`, look, { everyMs: 100 });
}

/**
 * Waits until a rollout has made `updated` Pods of the new template.
 *
 * @throws {HopelessError} if it was done before anybody saw that
 */
export async function midRollout(bed: Bed, name: string, updated: number): Promise<void> {
  const look = async () => {
    const state = await rolloutState(bed, name);
    if (notDone(state) === undefined) {
      throw new HopelessError(`Cannot disturb the rollout of ${name}: it is done already`);
    }
    return state.isObserved && state.updated >= updated ? undefined : `it is at ${textOf(state)}`;
  };
  await patiently(`see the rollout of ${name} begin`, look, { everyMs: 20 });
}

/** Reads a Deployment's state. @throws {Error} while the API server is away */
export async function rolloutState(bed: Bed, name: string): Promise<RolloutState> {
  using api = await bed.cluster.control.openApi();
  const path = `/apis/apps/v1/namespaces/${NAMESPACE}/deployments/${name}`;
  return stateOf(await jsonCall(api.transport, { method: "GET", path }));
}

/** Says what a rollout still waits for; `undefined`: it is done. */
export function notDone(state: RolloutState): string | undefined {
  const { replicas, total, updated, ready, isObserved } = state;
  const isDone = isObserved && updated === replicas && ready === replicas && total === replicas;
  return isDone ? undefined : `it is at ${textOf(state)}`;
}

function stateOf(deployment: Json): RolloutState {
  const numberAt = (...path: string[]) => Number(at(deployment, ...path) ?? 0);
  return {
    replicas: numberAt("spec", "replicas"),
    total: numberAt("status", "replicas"),
    updated: numberAt("status", "updatedReplicas"),
    ready: numberAt("status", "readyReplicas"),
    isObserved: numberAt("status", "observedGeneration") === numberAt("metadata", "generation"),
  };
}

function textOf({ replicas, total, updated, ready }: RolloutState): string {
  return `${updated} updated and ${ready} ready of ${replicas} wanted, ${total} in all`;
}
