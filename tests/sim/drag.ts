/** By how much the agents of slow nodes are late right now, in whatever they send or answer. */
export class Drag {
  readonly #byNode = new Map<string, number>();
  /** When an agent was last slow, in milliseconds since the epoch. */
  #endedMs = -Infinity;

  /** Milliseconds that `node` needs for each step in addition. */
  of(node: string): number {
    return this.#byNode.get(node) ?? 0;
  }

  /** Slows `node` down until {@linkcode end} is called with the same time. */
  begin(node: string, ms: number): void {
    this.#byNode.set(node, this.of(node) + ms);
  }

  /** @param ended `ms` as it began, `nowMs` since the epoch */
  end(node: string, { ms, nowMs }: { readonly ms: number; readonly nowMs: number }): void {
    const left = this.of(node) - ms;
    if (left > 0) this.#byNode.set(node, left);
    else this.#byNode.delete(node);
    this.#endedMs = nowMs;
  }

  /** Whether any agent was slow at any moment since then. */
  wasAnySince(sinceMs: number): boolean {
    return this.#byNode.size > 0 || this.#endedMs >= sinceMs;
  }
}
