import type * as Prom from "prom-client";
import type { AnyInstrument, Counter, Gauge, Histogram, InstrumentsOf, MetricRegistry } from "./instruments.ts";
import type { MetricRow, MetricRows, MetricScope } from "./metric_row.ts";

/** What {@linkcode openRegistry} is told. */
export interface RegistryOptions {
  /** Value of `otel_scope_version`. */
  readonly version: string;
  /** Whether each metric of upstream is also shown under its name of v1.2. @default false */
  readonly withFormerNames?: boolean;
}

/** Labels of every series of a scope (spec/operations.md §1.1). */
export function scopeLabels(scope: MetricScope, version: string): Readonly<Record<string, string>> {
  if (scope === "process") return {};
  const name = scope === "debug" ? "spiderpool-agent-debug-metrics" : "spiderpool-agent";
  return { otel_scope_name: name, otel_scope_version: version };
}

/** Opens a registry. The library behind it is loaded now: an agent without metrics does not pay for it. */
export async function openRegistry(
  { version, withFormerNames = false }: RegistryOptions,
): Promise<MetricRegistry> {
  const prom = await import("prom-client");
  const registries = new Map<MetricScope, Prom.Registry>();
  const looks: (() => void | Promise<void>)[] = [];
  let scraping: Promise<string> | undefined;
  return {
    make<T extends MetricRows>(rows: T) {
      const entries = Object.entries(rows).map(([key, row]) => [key, instrument(row)]);
      return Object.fromEntries(entries) as InstrumentsOf<T>; // one of its kind for each row
    },
    onScrape: (look) => void looks.push(look),
    text: () => scraping ??= scrape().finally(() => scraping = undefined),
  };

  function instrument(row: MetricRow): AnyInstrument {
    const former = withFormerNames && row.former !== undefined ? [{ ...row, name: row.former }] : [];
    return instrumentOf(prom, [row, ...former], registryOf(row.scope));
  }

  function registryOf(scope: MetricScope): Prom.Registry {
    let registry = registries.get(scope);
    if (registry === undefined) registries.set(scope, registry = new prom.Registry());
    registry.setDefaultLabels(scopeLabels(scope, version));
    return registry;
  }

  async function scrape(): Promise<string> {
    for (const look of looks) await look();
    const texts = await Promise.all([...registries.values()].map((registry) => registry.metrics()));
    return texts.filter((text) => text.trim() !== "").join("");
  }
}

/** What moves the metrics of `rows`, which differ by name only. */
function instrumentOf(prom: typeof Prom, rows: readonly MetricRow[], registry: Prom.Registry): AnyInstrument {
  const [{ kind, waits }] = rows as readonly [MetricRow];
  const registers = [registry];
  const options = rows.map(({ name, help, labels }) => ({ name, help, labelNames: [...labels], registers }));
  switch (kind) {
    case "counter":
      return counterOf(options.map((each) => new prom.Counter(each)));
    case "gauge":
      return gaugeOf(options.map((each) => new prom.Gauge(each)), { waits });
    case "histogram":
      return histogramOf(options.map((each, i) => new prom.Histogram({ ...each, buckets: [...rows[i]!.buckets] })));
    default:
      return kind satisfies never;
  }
}

function counterOf(counters: readonly Prom.Counter[]): Counter<string> {
  return {
    add(labels, by = 1) {
      for (const counter of counters) counter.inc(labels, by);
    },
  };
}

function gaugeOf(gauges: readonly Prom.Gauge[], { waits }: { waits: boolean }): Gauge<string> {
  if (waits) { for (const gauge of gauges) gauge.remove(); }
  return {
    set(labels, value) {
      for (const gauge of gauges) gauge.set(labels, value);
    },
    clear() {
      for (const gauge of gauges) gauge.reset();
    },
  };
}

function histogramOf(histograms: readonly Prom.Histogram[]): Histogram<string> {
  return {
    observe(labels, value) {
      for (const histogram of histograms) histogram.observe(labels, value);
    },
  };
}
