import {
  spiderCoordinators,
  spiderEndpoints,
  spiderIPPools,
  spiderMultusConfigs,
  spiderReservedIPs,
  spiderSubnets,
} from "../../crd/generated/mod.ts";
import type { KubeObject, ResourceType } from "../../crd/kube/mod.ts";
import type { TimedDeps } from "./deps.ts";
import type { KindSweeper } from "./kind_sweeper.ts";

/** Between two rounds, in milliseconds. */
const PAUSE_MS = 1_000;
/** Between two lines that say what is waited for, in milliseconds. */
const TELL_MS = 10_000;
/** Rounds in a row that must find nothing: an object may come while the round is past its Kind. */
const EMPTY_ROUNDS = 2;

/** What makes others comes first: Subnets make pools, pools make endpoints. */
export const ourKinds: readonly ResourceType<KubeObject>[] = [
  spiderSubnets,
  spiderIPPools,
  spiderReservedIPs,
  spiderMultusConfigs,
  spiderCoordinators,
  spiderEndpoints,
];

/**
 * Sweeps all Kinds until they are found empty twice in a row, `isDone` says that it is enough, or the deadline has
 * passed.
 */
export async function emptyKinds(
  { clock, log, signal, deadlineMs }: TimedDeps,
  sweepers: readonly KindSweeper[],
  { isDone }: { readonly isDone?: () => Promise<boolean> } = {},
): Promise<void> {
  let toldMs = clock.now();
  for (let empty = 0;;) {
    for (const sweeper of sweepers) await sweeper.sweep();
    const busy = sweepers.filter(({ left }) => left !== 0);
    empty = busy.length === 0 ? empty + 1 : 0;
    if (isDone === undefined ? empty >= EMPTY_ROUNDS : await isDone()) return;
    if (clock.now() >= deadlineMs) return;
    if (busy.length > 0 && clock.now() - toldMs >= TELL_MS) {
      toldMs = clock.now();
      log.info("waits for objects to go", { waitsFor: busy.flatMap((sweeper) => sweeper.problems()) });
    }
    await clock.sleep(PAUSE_MS, signal);
  }
}
