/** Two servers give the same things different names (resourceVersions, UIDs, tokens); here each such pair gets a common one. */

/** One value for each of the two servers. */
export type Pair<T> = readonly [T, T];

/** Which of the two. */
export type Side = 0 | 1;

/** What a symbol stands for: `rv` a write of an object, `at` the position of a list, `token` the next page. */
export type SymbolKind = "rv" | "uid" | "at" | "token";

const placeholder = /\{\{(\w+)\}\}/g;

/** The names that both servers' answers brought so far. */
export class Symbols {
  readonly #values = new Map<string, Pair<string>>();
  readonly #known: Pair<Map<string, string>> = [new Map(), new Map()];

  /**
   * The symbol of a pair; a new one when neither value was seen before.
   *
   * @throws {RangeError} if one server repeats a value where the other has a new or another one
   */
  pair(kind: SymbolKind, values: Pair<string>): string {
    if (kind === "at" || kind === "token") return this.#add(kind, values); // other clients' writes move these
    const [left, right] = values.map((value, side) => this.#known[side as Side].get(`${kind} ${value}`));
    if (left !== undefined && left === right) return left;
    if (left !== undefined || right !== undefined) {
      throw new RangeError(`Cannot pair ${kind}: left ${left ?? "is new"}, right ${right ?? "is new"}`);
    }
    return this.#add(kind, values);
  }

  #add(kind: SymbolKind, values: Pair<string>): string {
    const symbol = `${kind}${this.#values.size}`;
    this.#values.set(symbol, values);
    if (kind === "rv" || kind === "uid") {
      values.forEach((value, side) => this.#known[side as Side].set(`${kind} ${value}`, symbol));
    }
    return symbol;
  }

  /** The symbol of a value of one server, if it has one. */
  find(kind: "rv" | "uid", { side, value }: { side: Side; value: string }): string | undefined {
    return this.#known[side].get(`${kind} ${value}`);
  }

  /** The newest symbol of a kind. */
  latest(kind: SymbolKind): string | undefined {
    return [...this.#values.keys()].findLast((symbol) => symbol.startsWith(kind));
  }

  /** `text` with all `{{symbol}}` replaced by what they are on one server. */
  resolve(text: string, side: Side): string {
    return text.replaceAll(placeholder, (all, symbol: string) => this.#values.get(symbol)?.[side] ?? all);
  }

  /** A server's message with its names replaced by symbols and times by a word. */
  shown(text: string, side: Side): string {
    return text
      .replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, "<time>")
      .replaceAll(/\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g, (uid) => this.#braced("uid", { side, value: uid }))
      .replaceAll(/\b\d{2,}\b/g, (number) => this.#braced("rv", { side, value: number }));
  }

  #braced(kind: "rv" | "uid", place: { side: Side; value: string }): string {
    const symbol = this.find(kind, place);
    return symbol === undefined ? place.value : `{{${symbol}}}`;
  }
}
