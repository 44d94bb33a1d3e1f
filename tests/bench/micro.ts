/** One benchmark of a `*_bench.ts` beside this file. */
export interface MicroRow {
  /** File it is in. */
  readonly file: string;
  readonly name: string;
  readonly meanUs: number;
  readonly p99Us: number;
}

const folder = new URL("./", import.meta.url);

/** Runs every `*_bench.ts` of this folder by `deno bench`. @throws {Error} with its words if it fails */
export async function runMicroBenches(): Promise<readonly MicroRow[]> {
  const files = [...Deno.readDirSync(folder)].map(({ name }) => name).filter((name) => name.endsWith("_bench.ts"))
    .sort();
  if (files.length === 0) return [];
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["bench", "--allow-all", "--json", ...files],
    cwd: folder,
    env: { NO_COLOR: "1" },
  }).output();
  const decoder = new TextDecoder();
  if (!success) throw new Error(`Cannot run ${files.join(", ")}: ${decoder.decode(stderr).trim()}`);
  return parseBenchReport(decoder.decode(stdout));
}

/**
 * Reads the output of `deno bench --json`; times in it are nanoseconds.
 *
 * @throws {SyntaxError} if `text` is no such report, or says that a benchmark failed
 */
export function parseBenchReport(text: string): readonly MicroRow[] {
  const { benches } = record(JSON.parse(text), "report");
  if (!Array.isArray(benches)) throw new SyntaxError("Cannot read bench report: it has no list of benches");
  return benches.map((value: unknown) => {
    const { origin, name, results } = record(value, "bench");
    const first: unknown = Array.isArray(results) ? results[0] : undefined;
    const { avg, p99 } = record(record(first, `result of ${name}`).ok, `result of ${name}`);
    const isComplete = typeof origin === "string" && typeof name === "string" && typeof avg === "number" &&
      typeof p99 === "number";
    if (!isComplete) throw new SyntaxError(`Cannot read bench report: members of bench ${name} are missing`);
    return { file: origin.slice(origin.lastIndexOf("/") + 1), name, meanUs: avg / 1000, p99Us: p99 / 1000 };
  });
}

function record(value: unknown, what: string): Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null) {
    throw new SyntaxError(`Cannot read bench report: ${what} is missing`);
  }
  return value as Record<string, unknown>;
}
