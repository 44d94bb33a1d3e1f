import { jobs } from "../../crd/core/mod.ts";
import { deleteByName } from "./delete_by_name.ts";
import { deleteCrds } from "./delete_crds.ts";
import type { CleanDeps, CleanOptions, TimedDeps } from "./deps.ts";
import { emptyKinds, ourKinds } from "./empty_kinds.ts";
import { KindSweeper } from "./kind_sweeper.ts";
import { mutatingWebhooks, validatingWebhooks } from "./kinds.ts";
import { stopAgents } from "./stop_agents.ts";
import { describeTrouble } from "./trouble.ts";

/**
 * Removes what Spiderpool put into the cluster, whatever of it is still alive: first what could refuse or undo the rest
 * (webhooks, agents), then all objects of our Kinds, then their definitions. Running it again is harmless.
 *
 * @returns what could not be removed, in words for an operator; nothing when all is done
 * @throws the reason of `deps.signal`
 */
export async function clean(deps: CleanDeps, options: CleanOptions): Promise<readonly string[]> {
  const timed: TimedDeps = { ...deps, deadlineMs: deps.clock.now() + options.timeoutMs };
  const problems: string[] = [];
  const sweepers = ourKinds.map((type) => new KindSweeper(type, deps, options));

  /** The other steps are worth their while although one failed. */
  async function step(action: () => Promise<void>): Promise<void> {
    try {
      await action();
    } catch (err) {
      deps.signal.throwIfAborted();
      problems.push(describeTrouble(err));
    }
  }

  await deleteWebhooks(timed, options, step);
  if (options.agents !== undefined) {
    const { agents, agentTimeoutMs } = options;
    const deadlineMs = Math.min(timed.deadlineMs, deps.clock.now() + agentTimeoutMs);
    await step(() => stopAgents({ ...timed, deadlineMs }, agents));
  }
  await step(() => emptyKinds(timed, sweepers));
  const left = () => sweepers.flatMap((sweeper) => sweeper.problems());
  let areKindsGone = false;
  // A definition that waits for an object nobody can delete would stand in the way of whoever repairs that.
  if (!options.keepCrds && left().length === 0) {
    await step(async () => {
      await deleteCrds(timed, sweepers);
      areKindsGone = true;
    });
  }
  await deleteInitJob(timed, options, step);
  for (const { type, deleted } of sweepers) if (deleted > 0) deps.log.info("deleted", { kind: type.kind, deleted });
  return areKindsGone ? problems : [...problems, ...left()];
}

/** Says how many objects of each Kind {@linkcode clean} would delete; Kinds without any are left out. */
export async function countObjects(deps: CleanDeps): Promise<Readonly<Record<string, number>>> {
  const counts: Record<string, number> = {};
  for (const type of ourKinds) {
    const count = await new KindSweeper(type, deps, { finalizers: "ours" }).count();
    if (count > 0) counts[type.kind] = count;
  }
  return counts;
}

type Step = (action: () => Promise<void>) => Promise<void>;

/** A webhook whose server is gone refuses every change of what it guards. */
async function deleteWebhooks(deps: TimedDeps, options: CleanOptions, step: Step): Promise<void> {
  const { mutatingWebhook, validatingWebhook } = options;
  if (mutatingWebhook) await step(() => deleteByName(deps, mutatingWebhooks, { name: mutatingWebhook }));
  if (validatingWebhook) await step(() => deleteByName(deps, validatingWebhooks, { name: validatingWebhook }));
}

async function deleteInitJob(deps: TimedDeps, { initJob }: CleanOptions, step: Step): Promise<void> {
  if (initJob === undefined) return deps.log.info("skips the init Job: it is not named");
  await step(() => deleteByName(deps, jobs, initJob));
}
