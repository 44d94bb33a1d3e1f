import type { MetricRow, MetricRows } from "./metric_row.ts";

/** A value for each label. */
export type Labels<L extends string> = { readonly [name in L]: string };

/** Moves a counter. */
export interface Counter<L extends string = never> {
  /** @param by how much, not below 0 @default 1 */
  add(labels: Labels<L>, by?: number): void;
}

/** Sets a gauge. */
export interface Gauge<L extends string = never> {
  set(labels: Labels<L>, value: number): void;
  /** Forgets all its series. */
  clear(): void;
}

/** Takes samples. */
export interface Histogram<L extends string = never> {
  observe(labels: Labels<L>, value: number): void;
}

/** What moves the metric of a row. */
export type InstrumentOf<R> = R extends MetricRow<"counter", infer L> ? Counter<L>
  : R extends MetricRow<"gauge", infer L> ? Gauge<L>
  : R extends MetricRow<"histogram", infer L> ? Histogram<L>
  : never;

/** What moves a metric, whatever its kind and labels. */
export type AnyInstrument = Counter<string> | Gauge<string> | Histogram<string>;

/** What moves the metrics of a table. */
export type InstrumentsOf<T extends MetricRows> = { readonly [key in keyof T]: InstrumentOf<T[key]> };

/** Where metrics are made and shown. */
export interface MetricRegistry {
  /** Makes the metrics of a table. A name can be made once. */
  make<T extends MetricRows>(rows: T): InstrumentsOf<T>;
  /** Calls `look` before each {@linkcode text}, to set what is not counted as it happens. */
  onScrape(look: () => void | Promise<void>): void;
  /** All metrics in the text format 0.0.4 of Prometheus. Callers that come meanwhile share one answer. */
  text(): Promise<string>;
}
