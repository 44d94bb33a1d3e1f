/** Who is cut off from whom right now. */
export class Partitions {
  readonly #cut = new Map<string, number>();

  /** Whether nothing gets through between `client` and the API server. */
  isCut(client: string): boolean {
    return this.#cut.has(client);
  }

  /** Cuts `name` off until the same number of {@linkcode mend} calls. */
  cut(name: string): void {
    this.#cut.set(name, (this.#cut.get(name) ?? 0) + 1);
  }

  mend(name: string): void {
    const left = (this.#cut.get(name) ?? 0) - 1;
    if (left > 0) this.#cut.set(name, left);
    else this.#cut.delete(name);
  }
}

/** What the way between `node` and the other agents is called; the one to the API server is not meant. */
export function peersName(node: string): string {
  return `${node}'s peers`;
}
