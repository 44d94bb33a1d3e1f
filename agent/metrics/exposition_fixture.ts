/** Labels that every series of the agent has, whatever it counts. */
const scopeLabels = /^otel_scope_(name|version)$/;

/** Metrics in the text format of Prometheus, as a scrape reads them. */
export class Exposition {
  /** Value by series, written as {@linkcode value} takes them. */
  readonly #samples = new Map<string, number>();
  /** Type by metric. */
  readonly types = new Map<string, string>();

  /** @throws {SyntaxError} for a line that is neither a sample nor a comment */
  constructor(text: string) {
    for (const line of text.split("\n").filter((line) => line !== "")) {
      const [, name, type] = /^# TYPE (\S+) (\S+)$/.exec(line) ?? [];
      if (name !== undefined && type !== undefined) this.types.set(name, type);
      else if (!line.startsWith("#")) this.#read(line);
    }
  }

  /**
   * Value of a series; `undefined` when there is none.
   *
   * @param series such as `name{b="1",a="2"}`, its labels in any order, without those that all series have
   */
  value(series: string): number | undefined {
    return this.#samples.get(canonical(series));
  }

  /** Names of all series, labels left out; each once. */
  get names(): ReadonlySet<string> {
    return new Set([...this.#samples.keys()].map((series) => series.split("{", 1)[0] ?? ""));
  }

  #read(line: string): void {
    const [, series, value] = /^(.+) (\S+)$/.exec(line) ?? [];
    if (series === undefined || value === undefined) throw new SyntaxError(`Cannot read the sample: ${line}`);
    this.#samples.set(canonical(series), Number(value.replace("Inf", "Infinity")));
  }
}

/** Labels sorted, those of all series left out. */
function canonical(series: string): string {
  const [, name = series, text = ""] = /^([^{]+)\{(.*)\}$/.exec(series) ?? [];
  const labels = [...text.matchAll(/([A-Za-z_]\w*)="((?:[^"\\]|\\.)*)"/g)].filter(([, label = ""]) =>
    !scopeLabels.test(label)
  );
  if (labels.length === 0) return name;
  return `${name}{${labels.map(([, label, value]) => `${label}="${value}"`).sort().join(",")}}`;
}
