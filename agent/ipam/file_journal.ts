import { createHash } from "node:crypto";
import type { Log } from "../../net/base/log.ts";
import { type Journal, type JournalEntry, type JournalKey, journalName } from "./journal.ts";

const SUFFIX = ".json";
/** An entry is a few hundred bytes; anything much larger is not ours. */
const MAX_ENTRY_BYTES = 1 << 20;

/**
 * A journal as a folder of small files, one an entry, beside the agent's socket: a tmpfs, because a reboot ends the
 * Pods, too. Each file appears whole or not at all (written beside, then renamed).
 *
 * The files are read once: whoever has opened the journal is the only one that writes it, and every DEL looks for the
 * entries of its Pod.
 */
export class FileJournal implements Journal {
  readonly #dir: string;
  /** What is on disk, by name. */
  readonly #entries: Map<string, JournalEntry>;

  private constructor(dir: string, entries: Map<string, JournalEntry>) {
    this.#dir = dir;
    this.#entries = entries;
  }

  /**
   * Opens the journal in `dir`, which is created (0700) if it is not there. An entry that cannot be read is reported and
   * left: a person may still learn from it.
   *
   * @throws {Deno.errors.PermissionDenied} if it cannot be
   */
  static async open(dir: string, { log }: { log: Log }): Promise<FileJournal> {
    await Deno.mkdir(dir, { recursive: true, mode: 0o700 });
    const entries = new Map<string, JournalEntry>();
    for await (const { name } of Deno.readDir(dir)) {
      if (name.endsWith(".tmp")) await Deno.remove(`${dir}/${name}`);
      if (!name.endsWith(SUFFIX)) continue;
      const entry = await readEntry(`${dir}/${name}`, log);
      if (entry !== undefined) entries.set(journalName(entry), entry);
    }
    return new FileJournal(dir, entries);
  }

  put(entry: JournalEntry): Promise<void> {
    return atOnce(() => {
      const path = this.#pathOf(entry);
      Deno.writeTextFileSync(`${path}.tmp`, JSON.stringify({ ...entry, sum: sumOf(entry) }), { mode: 0o600 });
      Deno.renameSync(`${path}.tmp`, path);
      this.#entries.set(journalName(entry), entry);
    });
  }

  remove(key: JournalKey): Promise<void> {
    return atOnce(() => {
      try {
        Deno.removeSync(this.#pathOf(key));
      } catch (err) {
        if (!(err instanceof Deno.errors.NotFound)) throw err;
      }
      this.#entries.delete(journalName(key));
    });
  }

  get(key: JournalKey): Promise<JournalEntry | undefined> {
    return Promise.resolve(this.#entries.get(journalName(key)));
  }

  list(): Promise<readonly JournalEntry[]> {
    return Promise.resolve([...this.#entries.values()].sort((a, b) => a.startedAt.localeCompare(b.startedAt)));
  }

  #pathOf(key: JournalKey): string {
    return `${this.#dir}/${journalName(key)}${SUFFIX}`;
  }
}

/** A call on a file in memory takes microseconds; handing it to another thread and back takes ten times as long. */
function atOnce(task: () => void): Promise<void> {
  return new Promise((resolve) => {
    task();
    resolve();
  });
}

async function readEntry(path: string, log: Log): Promise<JournalEntry | undefined> {
  try {
    if ((await Deno.stat(path)).size > MAX_ENTRY_BYTES) throw new RangeError(`Cannot read ${path}: too large`);
    return entryOf(JSON.parse(await Deno.readTextFile(path)));
  } catch (err) {
    log.error("cannot read journal entry", { path, err });
    return undefined;
  }
}

/** Tells a damaged entry: one with another Pod's name would free what a live Pod holds. */
function sumOf(entry: object): string {
  return createHash("sha256").update(JSON.stringify(entry)).digest("base64url").slice(0, 22);
}

/** @throws {SyntaxError} if it is none, or not as it was written */
function entryOf(value: unknown): JournalEntry {
  const { sum, ...entry } = value as JournalEntry & { readonly sum?: unknown };
  const texts = [entry.podUid, entry.ifname, entry.podNamespace, entry.podName, entry.containerId, entry.startedAt];
  const isNamed = entry.endpointName === undefined || typeof entry.endpointName === "string";
  const readable = isNamed && texts.every((text) => typeof text === "string") && Array.isArray(entry.pools) &&
    entry.pools.every((pool) => typeof pool === "string");
  if (!readable) throw new SyntaxError("Cannot use journal entry: members are missing or of another type");
  if (sum !== sumOf(entry)) {
    throw new SyntaxError("Cannot use journal entry: it is not as it was written");
  }
  return entry;
}
