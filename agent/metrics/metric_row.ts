/** What a metric is; see the Prometheus data model. */
export type MetricKind = "counter" | "gauge" | "histogram";

/** Who counts: the agent, its debug part, or the process it is. Each has labels of its own; see {@linkcode openRegistry}. */
export type MetricScope = "agent" | "debug" | "process";

/** What is said about a metric. */
export interface MetricText<L extends string> {
  /** As it is shown; a counter's ends with `_total`. */
  readonly name: string;
  /** One sentence without full stop, in the exposition and in the reference. */
  readonly help: string;
  /** @default none */
  readonly labels?: readonly L[];
  /** Upper bounds of a histogram, ascending, without `+Inf`. @default {@linkcode secondsBuckets} */
  readonly buckets?: readonly number[];
  /** Whether it is left out until it has a value, instead of being 0. @default false */
  readonly waits?: boolean;
  /** @default "agent" */
  readonly scope?: MetricScope;
  /** Whether upstream has it: it then has an alias in the form of v1.2. @default false */
  readonly upstream?: boolean;
}

/** One metric of the agent: code, documents and tests read the same row. */
export interface MetricRow<K extends MetricKind = MetricKind, L extends string = string> {
  readonly kind: K;
  readonly name: string;
  readonly help: string;
  readonly labels: readonly L[];
  readonly buckets: readonly number[];
  readonly waits: boolean;
  readonly scope: MetricScope;
  /** Name in upstream's v1.1.1 to v1.2, where it has the metric. */
  readonly former: string | undefined;
}

/** Rows by the names that code has for them. */
export type MetricRows = Readonly<Record<string, MetricRow>>;

/**
 * Upper bounds in seconds: upstream's, below which a healthy ADD lies as a whole, and finer ones before them.
 */
export const secondsBuckets: readonly number[] = [0.005, 0.01, 0.02, 0.05, 0.1, 0.3, 0.5, 1, 3, 5, 7, 10, 15];

/** A number that only grows. */
export function counter<const L extends string = never>(text: MetricText<L>): MetricRow<"counter", L> {
  return rowOf("counter", text);
}

/** A number that goes up and down. */
export function gauge<const L extends string = never>(text: MetricText<L>): MetricRow<"gauge", L> {
  return rowOf("gauge", text);
}

/** How many samples lie below which bound. */
export function histogram<const L extends string = never>(text: MetricText<L>): MetricRow<"histogram", L> {
  return rowOf("histogram", text);
}

/** Words that v1.2 spells in its own way, unless they come first. */
const formerWords: Readonly<Record<string, string>> = { ip: "IP", ippool: "IPPool" };

/**
 * The name under which upstream's v1.1.1 to v1.2 show `name`: `spiderpool_ipam_release_counts_total` is there
 * `spiderpool_ipamReleaseCountsName_total` (spec/operations.md §1.2).
 */
export function formerNameOf(name: string): string {
  const [, prefix = "", words = "", suffix = ""] = /^(spiderpool_(?:debug_)?)(.+?)(_total)?$/.exec(name) ?? [];
  const [first = "", ...rest] = words.split("_");
  return `${prefix}${first}${rest.map(capitalized).join("")}Name${suffix}`;
}

function capitalized(word: string): string {
  return formerWords[word] ?? `${word.charAt(0).toUpperCase()}${word.slice(1)}`;
}

function rowOf<K extends MetricKind, L extends string>(kind: K, text: MetricText<L>): MetricRow<K, L> {
  const { name, help, labels = [], waits = false, scope = "agent", upstream = false } = text;
  const buckets = kind === "histogram" ? text.buckets ?? secondsBuckets : [];
  return { kind, name, help, labels, buckets, waits, scope, former: upstream ? formerNameOf(name) : undefined };
}
