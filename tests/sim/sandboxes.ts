import type { Dice } from "./dice.ts";
import type { SandboxRef } from "./kubelet_args.ts";
import { callDel } from "./kubelet_calls.ts";
import type { NodeRuntime } from "./node_runtime.ts";
import type { SimDeps } from "./sim_deps.ts";

/** Longest time between a DEL and its late repetition, in milliseconds. */
const LATE_DEL_MS = 120_000;
/** How many ended sandboxes are remembered at least. */
const REMEMBERED = 200;

/** How a runtime ends a sandbox. */
export interface EndSandbox {
  readonly node: NodeRuntime;
  /** Of the Pod's object. */
  readonly uid: string;
  readonly sandbox: SandboxRef;
  readonly nics: readonly string[];
  readonly dice: Dice;
}

/**
 * Ends one sandbox: DEL for each NIC, last one first, with retries; at times it gives up, repeats itself, or comes
 * back much later, when another Pod may have the name.
 */
export async function endSandbox(deps: SimDeps, end: EndSandbox): Promise<void> {
  const { clock, tasks, checker, ended } = deps;
  const { dice } = end;
  ended.push(end);
  if (ended.length > 2 * REMEMBERED) ended.splice(0, REMEMBERED);
  checker.ledger.delBegins(end.uid, end.sandbox.containerId);
  await delAll(deps, end);
  // An agent of upstream frees by the name's current Pod: for its own Pods nothing comes late.
  if (!end.node.isOurs) return;
  if (dice.chance(0.2)) await delAll(deps, end);
  if (dice.chance(0.3)) {
    tasks.spawn(async () => {
      await clock.sleep(Math.min(500 + dice.exponential(15_000), LATE_DEL_MS));
      await delAll(deps, end);
    });
  }
}

async function delAll(deps: SimDeps, { node, sandbox, nics, dice }: EndSandbox): Promise<void> {
  const isAnonymous = sandbox.isAnonymous === true || (node.isOurs && dice.chance(0.1));
  for (const nic of [...nics].reverse()) {
    let tries = 1 + dice.below(6);
    while (!await callDel(deps, node, { sandbox, nic, isAnonymous }) && --tries > 0) {
      await deps.clock.sleep(dice.exponential(2000));
    }
  }
}
