import type { TestResult } from "./test_report.ts";

/** The scenario table of one document of the specification. */
export interface ScenarioTable {
  /** The word before `row` in the names of tests. */
  readonly name: string;
  /** Its rows are numbered from 1 to this. */
  readonly rows: number;
  /** Rows that need a part of Spiderpool that is not there yet, with the reason. */
  readonly deferred: Readonly<Record<number, string>>;
  /** Rows whose tests are in a layer that a run may leave out, by its name. @default none */
  readonly ofLayers?: Readonly<Record<string, readonly number[]>>;
}

/** Tests say which rows they hold by `row 7`, `rows 74, 81` or `ipam row 75` in their names. */
const rowWords = /\b(?:(\w+) )?rows? (\d+\w?(?:(?:, | and )\d+\w?)*)/g;

/** Documents whose tables are not due as a whole yet: their rows are nobody else's. */
const otherDocuments: readonly string[] = ["agent", "controller", "crds", "operations", "plugins", "webhooks"];

/**
 * The rows of `table` that a test's name claims: `31a` is row 31. A bare `row 7` belongs to the first table, which was
 * there before the others.
 */
export function rowsNamed(test: string, { table, tables }: TablesOf): number[] {
  const names = new Set([...otherDocuments, ...tables.map(({ name }) => name)]);
  return [...test.matchAll(rowWords)].flatMap(([, word = "", rows = ""]) => {
    const owner = names.has(word) ? word : tables[0]?.name;
    return owner === table.name ? [...rows.matchAll(/\d+/g)].map(([digits]) => Number(digits)) : [];
  });
}

/** A table among all tables. */
export interface TablesOf {
  readonly table: ScenarioTable;
  readonly tables: readonly ScenarioTable[];
}

/** A table, and the names of the layers that ran. */
export interface RunOf extends TablesOf {
  readonly layers: readonly string[];
}

/** What a whole run says about one table. */
export interface RowCoverage {
  readonly covered: number;
  /** Rows that no passed test names, that are not deferred, and whose layer ran. */
  readonly missing: readonly number[];
  /** Rows that no passed test names because their tests were skipped, or their layer did not run. */
  readonly notRun: readonly number[];
  /** Deferred rows that a passed test names all the same. */
  readonly done: readonly number[];
}

/** Holds what passed against a table. */
export function rowCoverage(results: readonly TestResult[], context: RunOf): RowCoverage {
  const { table: { rows, deferred, ofLayers = {} }, layers } = context;
  const rowsThat = (outcome: TestResult["outcome"]) =>
    new Set(results.filter((result) => result.outcome === outcome).flatMap(({ name }) => rowsNamed(name, context)));
  const [named, skipped, failed] = [rowsThat("passed"), rowsThat("skipped"), rowsThat("failed")];
  const ofAbsent = Object.entries(ofLayers).filter(([layer]) => !layers.includes(layer)).flatMap(([, rows]) => rows);
  const absent = [...skipped, ...ofAbsent].filter((row) => !failed.has(row));
  const all = Array.from({ length: rows }, (_, i) => i + 1);
  const open = all.filter((row) => !named.has(row) && deferred[row] === undefined);
  return {
    covered: all.filter((row) => named.has(row)).length,
    missing: open.filter((row) => !absent.includes(row)),
    notRun: open.filter((row) => absent.includes(row)),
    done: all.filter((row) => named.has(row) && deferred[row] !== undefined),
  };
}

/** Says it in one line a table; `missing` is a failure of the run. */
export function coverageLine({ name, rows, deferred }: ScenarioTable, coverage: RowCoverage): string {
  const { covered, missing, notRun, done } = coverage;
  const waiting = Object.keys(deferred).length;
  const parts = [`scenarios of ${name}: ${covered} of ${rows} rows tested`, `${waiting} deferred`];
  if (notRun.length > 0) parts.push(`${notRun.length} not run here: ${notRun.join(", ")}`);
  if (missing.length > 0) parts.push(`without a passed test: ${missing.join(", ")}`);
  if (done.length > 0) parts.push(`no longer to be deferred: ${done.join(", ")}`);
  return parts.join("; ");
}
