import { annotationKeys } from "../../crd/ipam/annotations.ts";
import { attachmentsOf } from "../../crd/ipam/attachments.ts";
import { isSuperseded } from "../../crd/ipam/release_decide.ts";
import { type Deadline, withDeadline } from "./deadline.ts";
import type { IpamDeps } from "./deps.ts";
import type { OwedDel, OwedDels } from "./owed_dels.ts";
import { endAs, type Ending, endingOf } from "./release.ts";

/** Pause between two looks for owed DELs, in milliseconds. */
const INTERVAL_MS = 30_000;
/** DELs that are carried out side by side: their releases share the writes of a pool. */
const PARALLEL = 8;

/** What is owed, and who wants to know. */
export interface CarryOutOptions {
  readonly owed: OwedDels;
  /** Told of every owed DEL that was carried out; must not throw. */
  readonly onCarriedOut?: (() => void) | undefined;
}

type CarryOutDeps = IpamDeps & CarryOutOptions;

/**
 * Carries out, at once and then regularly until `signal` is aborted, what plugins could not have released: the agent was
 * away, or the API server. Failures are logged; the next look tries again.
 */
export async function runCarryOut(deps: IpamDeps, options: CarryOutOptions, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await carryOutAll({ ...deps, ...options }, signal).catch((err) => {
      deps.owedFailures.unreadable();
      deps.log.error("cannot read the owed DELs", { err });
    });
    await deps.clock.sleep(INTERVAL_MS, signal).catch(() => undefined);
  }
}

/** One look at all that is owed. */
async function carryOutAll(deps: CarryOutDeps, signal: AbortSignal): Promise<void> {
  const dels = await deps.owed.list();
  deps.owedFailures.among(dels);
  const rest = dels.values(); // shared: each worker takes the next
  const failures: unknown[] = [];
  await Promise.all(Array.from({ length: PARALLEL }, async () => {
    for (const del of rest) {
      if (signal.aborted) return;
      await tryOne(deps, del, signal).catch((err) => failures.push(err));
    }
  }));
  if (failures.length === 0 || signal.aborted) return;
  deps.log.warn("cannot carry out owed DELs yet", { count: failures.length, err: failures[0] });
}

async function tryOne(deps: CarryOutDeps, del: OwedDel, signal: AbortSignal): Promise<void> {
  const { podNamespace, podName, podUID: podUid, containerID: containerId, ifName: ifname } = del.args;
  const log = deps.log.child({ pod: `${podNamespace}/${podName}`, podUid, containerId, ifname });
  try {
    await withDeadline(
      { clock: deps.clock, ms: deps.config.deadlineMs, signal, action: "Cannot carry out an owed DEL" },
      (deadline) => deps.running.alone(del.args, () => carryOut({ ...deps, log }, del, deadline), deadline),
    );
    deps.owedFailures.passed(del);
  } catch (err) {
    if (!signal.aborted) deps.owedFailures.failed(del);
    log.debug("cannot carry out an owed DEL yet", { err });
    throw err;
  }
}

/**
 * The same as a DEL does, which may be late and may come twice (claim protocol, rule 6). Running ADDs go on: this one was
 * asked for before them.
 */
async function carryOut(
  deps: CarryOutDeps,
  del: OwedDel,
  deadline: Deadline,
): Promise<void> {
  if (!deps.owed.has(del)) return; // attached anew, or carried out while this waited for its turn
  const ending = await endingOf(deps, del.args, deadline.signal);
  if (mayStillEnd(ending, del)) return deps.log.debug("an owed DEL waits for its Pod's next sandbox or end");
  await endAs(deps, { args: del.args, ending }, deadline);
  deps.owed.remove(del);
  deps.onCarriedOut?.();
  deps.log.info("carried out an owed DEL");
}

/**
 * A Pod that lives keeps its addresses for its next sandbox, whose own DEL then frees them. Until that is recorded this
 * DEL may be the last: that the Pod has ended may not have reached the API server yet.
 */
function mayStillEnd({ decision, endpoint }: Ending, { args: { ifName: ifname, containerID: containerId } }: OwedDel) {
  if (decision.kind !== "keep" || decision.reason !== "pod-alive") return false;
  const attachments = attachmentsOf(endpoint?.metadata.annotations?.[annotationKeys.attachments]);
  return !isSuperseded(attachments, { ifname, containerId });
}
