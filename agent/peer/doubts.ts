import { abortable } from "../../net/base/abort.ts";

/** Names what a request is about: nothing else that is asked of the pool can meet its outcome. */
export interface DoubtKey {
  readonly pool: string;
  readonly podUid: string;
}

/**
 * Pods whose requests to a peer have an unknown outcome and may still be worked on. Nothing more is asked about such a
 * Pod in that pool until the doubt is over.
 */
export class Doubts {
  readonly #open = new Map<string, Promise<void>>();

  /** Opens a doubt until `end` resolves. A Pod may have several. */
  add(keys: readonly DoubtKey[], end: Promise<void>): void {
    for (const name of new Set(keys.map(nameOf))) {
      const both = Promise.all([this.#open.get(name), end]).then(() => {
        if (this.#open.get(name) === both) this.#open.delete(name);
      });
      this.#open.set(name, both);
    }
  }

  /** Waits until nothing is in doubt about `key`. @throws the reason of `signal` when that is aborted */
  async over(key: DoubtKey, signal: AbortSignal | undefined): Promise<void> {
    const name = nameOf(key);
    for (let open = this.#open.get(name); open !== undefined; open = this.#open.get(name)) {
      await abortable(open, signal);
    }
  }

  /** Number of Pods in doubt. */
  get size(): number {
    return this.#open.size;
  }
}

function nameOf({ pool, podUid }: DoubtKey): string {
  return `${pool}\n${podUid}`;
}
