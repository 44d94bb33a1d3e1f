import { createHash } from "node:crypto";

/**
 * The node-local memory of ADDs that have begun to claim (claim protocol, rule 7). An entry is there from before the
 * first claim until the SpiderEndpoint is written or the release is confirmed; what it names may hold addresses.
 */
export interface Journal {
  /** Writes or replaces the entry of `entry.podUid` and `entry.ifname`. Durable as far as the node lives. */
  put(entry: JournalEntry): Promise<void>;
  /** Removes an entry; nothing happens when there is none. */
  remove(key: JournalKey): Promise<void>;
  /** The entry of one attachment. */
  get(key: JournalKey): Promise<JournalEntry | undefined>;
  /** All entries, oldest first. */
  list(): Promise<readonly JournalEntry[]>;
}

/** Names an entry: one ADD of one attachment. */
export interface JournalKey {
  readonly podUid: string;
  /** `ifName` of the request; with `ippools` the ADD may claim for other NICs, too. */
  readonly ifname: string;
}

/** One ADD that may hold addresses nobody else knows of. */
export interface JournalEntry extends JournalKey {
  readonly podNamespace: string;
  readonly podName: string;
  /** Of the SpiderEndpoint and the records, where that is not the Pod's: a VM's. */
  readonly endpointName?: string;
  readonly containerId: string;
  /** Every pool the ADD may have claimed in. */
  readonly pools: readonly string[];
  /** RFC 3339. */
  readonly startedAt: string;
}

/** Longest name in characters, so that a suffix still fits into the 255 bytes of a file name. */
const MAX_NAME = 200;

/** File name and map key of an entry: unambiguous, and safe whatever a caller sends as UID or NIC. */
export function journalName({ podUid, ifname }: JournalKey): string {
  const name = `${encodeURIComponent(podUid.toWellFormed())}@${encodeURIComponent(ifname.toWellFormed())}`;
  return name.length <= MAX_NAME ? name : `@${createHash("sha256").update(name).digest("hex")}`;
}

/** A journal that lives as long as the process: for tests. */
export class MemoryJournal implements Journal {
  readonly #entries = new Map<string, JournalEntry>();

  put(entry: JournalEntry): Promise<void> {
    this.#entries.set(journalName(entry), entry);
    return Promise.resolve();
  }

  remove(key: JournalKey): Promise<void> {
    this.#entries.delete(journalName(key));
    return Promise.resolve();
  }

  get(key: JournalKey): Promise<JournalEntry | undefined> {
    return Promise.resolve(this.#entries.get(journalName(key)));
  }

  list(): Promise<readonly JournalEntry[]> {
    return Promise.resolve([...this.#entries.values()].sort((a, b) => a.startedAt.localeCompare(b.startedAt)));
  }
}
