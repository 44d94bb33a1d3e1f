import type { Log } from "../../net/base/log.ts";
import { type Journal, type JournalEntry, type JournalKey, journalName } from "./journal.ts";

const SUFFIX = ".json";
/** An entry is a few hundred bytes; anything much larger is not ours. */
const MAX_ENTRY_BYTES = 1 << 20;

/**
 * A journal as a folder of small files, one an entry, beside the agent's socket: a tmpfs, because a reboot ends the
 * Pods, too. Each file appears whole or not at all (written beside, then renamed).
 */
export class FileJournal implements Journal {
  readonly #dir: string;
  readonly #log: Log;

  private constructor(dir: string, log: Log) {
    this.#dir = dir;
    this.#log = log;
  }

  /**
   * Opens the journal in `dir`, which is created (0700) if it is not there.
   *
   * @throws {Deno.errors.PermissionDenied} if it cannot be
   */
  static async open(dir: string, { log }: { log: Log }): Promise<FileJournal> {
    await Deno.mkdir(dir, { recursive: true, mode: 0o700 });
    for await (const file of Deno.readDir(dir)) {
      if (file.name.endsWith(".tmp")) await Deno.remove(`${dir}/${file.name}`);
    }
    return new FileJournal(dir, log);
  }

  async put(entry: JournalEntry): Promise<void> {
    const path = this.#pathOf(entry);
    await Deno.writeTextFile(`${path}.tmp`, JSON.stringify(entry), { mode: 0o600 });
    await Deno.rename(`${path}.tmp`, path);
  }

  async remove(key: JournalKey): Promise<void> {
    try {
      await Deno.remove(this.#pathOf(key));
    } catch (err) {
      if (!(err instanceof Deno.errors.NotFound)) throw err;
    }
  }

  get(key: JournalKey): Promise<JournalEntry | undefined> {
    return this.#read(this.#pathOf(key));
  }

  async list(): Promise<readonly JournalEntry[]> {
    const entries: JournalEntry[] = [];
    for await (const file of Deno.readDir(this.#dir)) {
      if (!file.name.endsWith(SUFFIX)) continue;
      const entry = await this.#read(`${this.#dir}/${file.name}`);
      if (entry !== undefined) entries.push(entry);
    }
    return entries.sort((a, b) => a.startedAt.localeCompare(b.startedAt));
  }

  #pathOf(key: JournalKey): string {
    return `${this.#dir}/${journalName(key)}${SUFFIX}`;
  }

  /** An entry that cannot be read is reported and left: a person may still learn from it. */
  async #read(path: string): Promise<JournalEntry | undefined> {
    try {
      if ((await Deno.stat(path)).size > MAX_ENTRY_BYTES) throw new RangeError(`Cannot read ${path}: too large`);
      return entryOf(JSON.parse(await Deno.readTextFile(path)));
    } catch (err) {
      if (!(err instanceof Deno.errors.NotFound)) this.#log.error("cannot read journal entry", { path, err });
      return undefined;
    }
  }
}

function entryOf(value: unknown): JournalEntry {
  const entry = value as JournalEntry;
  const texts = [entry.podUid, entry.ifname, entry.podNamespace, entry.podName, entry.containerId, entry.startedAt];
  const readable = texts.every((text) => typeof text === "string") && Array.isArray(entry.pools) &&
    entry.pools.every((pool) => typeof pool === "string");
  if (!readable) throw new SyntaxError("Cannot use journal entry: members are missing or of another type");
  return entry;
}
