import { callDel, type SandboxRef } from "./kubelet_calls.ts";
import type { NodeRuntime } from "./node_runtime.ts";
import type { SimDeps } from "./sim_deps.ts";

/** Longest time between a DEL and its late repetition, in milliseconds. */
const LATE_DEL_MS = 120_000;

/** How a runtime ends a sandbox. */
export interface EndSandbox {
  readonly node: NodeRuntime;
  readonly sandbox: SandboxRef;
  readonly nics: readonly string[];
}

/**
 * Ends one sandbox: DEL for each NIC, last one first, with retries; at times it gives up, repeats itself, or comes
 * back much later, when another Pod may have the name.
 */
export async function endSandbox(deps: SimDeps, end: EndSandbox): Promise<void> {
  const { dice, clock, tasks, checker, ended } = deps;
  ended.push(end);
  const { podUid, containerId } = end.sandbox;
  checker.ledger.delBegins(podUid, containerId);
  await delAll(deps, end);
  // An agent of upstream frees by the name's current Pod: for its own Pods nothing comes late.
  if (!end.node.isOurs) return;
  if (dice.chance(0.2)) await delAll(deps, end);
  if (dice.chance(0.15)) {
    tasks.spawn(async () => {
      await clock.sleep(dice.between(500, LATE_DEL_MS));
      await delAll(deps, end);
    });
  }
}

async function delAll(deps: SimDeps, { node, sandbox, nics }: EndSandbox): Promise<void> {
  const isAnonymous = node.isOurs && deps.dice.chance(0.1);
  for (const nic of [...nics].reverse()) {
    let tries = 1 + deps.dice.below(6);
    while (!await callDel(deps, node, { sandbox, nic, isAnonymous }) && --tries > 0) {
      await deps.clock.sleep(deps.dice.exponential(2000));
    }
  }
}
