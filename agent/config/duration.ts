const unitMs: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  "µs": 1e-3,
  "μs": 1e-3,
  ms: 1,
  s: 1e3,
  m: 6e4,
  h: 3.6e6,
};

/**
 * Reads a duration as Go's `time.ParseDuration` does: `50s`, `1m30s`, `1.5h`, `-5s`, `0`.
 *
 * @returns milliseconds
 * @throws {SyntaxError}
 */
export function parseDuration(text: string): number {
  const [, sign, rest = ""] = /^([+-]?)(.*)$/s.exec(text) ?? [];
  if (rest === "0") return 0;
  const parts = [...rest.matchAll(/(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h)/gy)];
  const read = parts.reduce((length, [part]) => length + part.length, 0);
  if (parts.length === 0 || read !== rest.length) {
    throw new SyntaxError(`Cannot parse duration ${JSON.stringify(text)}: it must be like 30s, 1m30s or 500ms`);
  }
  const sum = parts.reduce((ms, [, number = "", unit = ""]) => ms + Number(number) * (unitMs[unit] ?? NaN), 0);
  return sign === "-" ? -sum : sum;
}

/** Writes a duration in its largest unit that keeps it whole: `10m`, `1500ms`, and less than 1 ms as `0.5ms`. */
export function formatDuration(ms: number): string {
  const unit = (["h", "m", "s"] as const).find((unit) => ms !== 0 && ms % (unitMs[unit] ?? NaN) === 0) ?? "ms";
  return `${ms / (unitMs[unit] ?? NaN)}${unit}`;
}
