import type { Clock } from "../../net/base/clock.ts";
import type { Log } from "../../net/base/log.ts";
import { ConfError, parseConf, type UnknownKey } from "../config/conf.ts";
import { type FileState, fileState, isSameState } from "../config/conf_file.ts";
import type { LiveConf } from "./live_conf.ts";
import type { ReloadPlan } from "./plan.ts";

/**
 * How often the file is read. The kubelet brings a changed ConfigMap after a minute or so; watches of the kernel are few
 * on a node, and are lost where a mount is replaced.
 */
const POLL_MS = 5_000;
/** A changed file must stay as it is for so long: an editor may be in the middle of writing it. */
const SETTLE_MS = 1_000;

/** What {@linkcode followConf} works with. */
export interface FollowDeps {
  readonly path: string;
  /** What the agent was started with. */
  readonly text: string;
  readonly live: LiveConf;
  readonly clock: Clock;
  readonly log: Log;
}

/** Has `live` take over changes of the file until `signal` is aborted. A file that cannot be used changes nothing. */
export async function followConf({ path, text, live, clock, log }: FollowDeps, signal: AbortSignal): Promise<void> {
  let last: FileState = { kind: "text", text };
  let isBroken = false;
  try {
    while (true) {
      last = await nextState(path, { last, clock, signal });
      isBroken = !take(last, { live, wasBroken: isBroken, log: log.child({ path }) });
    }
  } catch (err) {
    if (!signal.aborted) throw err;
  }
}

/** Warns about keys that nobody reads. */
export function warnOfUnknownKeys(keys: readonly UnknownKey[], log: Log): void {
  for (const { key, meant } of keys) {
    log.warn("unknown key in conf.yml is ignored", meant === undefined ? { key } : { key, meant });
  }
}

interface Following {
  readonly last: FileState;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** The first state that differs from `last` and stays. */
async function nextState(path: string, { last, clock, signal }: Following): Promise<FileState> {
  while (true) {
    await clock.sleep(POLL_MS, signal);
    const found = await fileState(path);
    if (isSameState(found, last)) continue;
    await clock.sleep(SETTLE_MS, signal);
    if (isSameState(await fileState(path), found)) return found;
  }
}

interface Taking {
  readonly live: LiveConf;
  readonly wasBroken: boolean;
  readonly log: Log;
}

/** Whether the file could be used. */
function take(state: FileState, { live, wasBroken, log }: Taking): boolean {
  try {
    if (state.kind === "unreadable") throw new ConfError([state.problem]);
    const { conf, unknownKeys } = parseConf(state.text);
    warnOfUnknownKeys(unknownKeys, log);
    tell(live.take(conf), { wasBroken, log });
    return true;
  } catch (err) {
    if (!(err instanceof ConfError)) throw err;
    log.error("cannot use the changed conf.yml: the agent goes on as it is", { problems: err.problems });
    return false;
  }
}

function tell({ taken, restart, waiting }: ReloadPlan, { wasBroken, log }: Omit<Taking, "live">): void {
  for (const change of taken) log.info("takes over a changed key of conf.yml", { ...change });
  if (restart.length > 0) {
    log.warn("changed keys of conf.yml need a restart of the agent", {
      keys: restart,
      ...(waiting.length > 0 && { changedWithThem: waiting }),
    });
  }
  const isAsRunning = taken.length === 0 && restart.length === 0;
  if (wasBroken && isAsRunning) log.info("conf.yml can be used again, and says what the agent runs with");
}
