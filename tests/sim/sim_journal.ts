import type { Journal, JournalEntry, JournalKey } from "../../agent/ipam/journal.ts";
import { journalName } from "../../agent/ipam/journal.ts";
import type { KeyedDice } from "./keyed_dice.ts";
import type { Process } from "./process.ts";
import type { SimClock } from "./sim_clock.ts";
import type { Trace } from "./trace.ts";

/** A node's tmpfs: it outlives the agent's processes. */
export class JournalDisk {
  readonly entries = new Map<string, JournalEntry>();
  /** Counts changes. */
  revision = 0;

  /** Whether any entry names this Pod UID. */
  has(podUid: string): boolean {
    return [...this.entries.values()].some((entry) => entry.podUid === podUid);
  }
}

/** What a journal of one process works with. */
export interface SimJournalDeps {
  readonly node: string;
  readonly disk: JournalDisk;
  readonly process: Process;
  readonly clock: SimClock;
  readonly dice: KeyedDice;
  readonly trace: Trace;
}

/** The journal as one process sees it. Each change is atomic and takes time before and after, when the process may die. */
export function simJournal(deps: SimJournalDeps): Journal {
  const { disk, process } = deps;
  return {
    put: (entry) => apply(deps, `puts ${journalName(entry)}`, () => disk.entries.set(journalName(entry), entry)),
    remove: (key) => apply(deps, `removes ${journalName(key)}`, () => disk.entries.delete(journalName(key))),
    get: (key: JournalKey) => process.guard(Promise.resolve(disk.entries.get(journalName(key)))),
    list: () => process.guard(Promise.resolve(sorted(disk))),
  };
}

function sorted(disk: JournalDisk): readonly JournalEntry[] {
  return [...disk.entries.values()].sort((a, b) => a.startedAt.localeCompare(b.startedAt));
}

function apply(
  { node, disk, process, clock, dice, trace }: SimJournalDeps,
  what: string,
  change: () => void,
): Promise<void> {
  return process.guard(run());

  async function run(): Promise<void> {
    if (!process.step()) return;
    const { random } = dice.next(`${node} ${what}`);
    await clock.sleep(random() / 2);
    if (!process.isAlive) return;
    change();
    disk.revision++;
    trace.add(node, `journal ${what}`);
    if (process.step()) await clock.sleep(random() / 2);
  }
}
