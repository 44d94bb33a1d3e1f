import type { TestResult } from "./test_report.ts";

/** Rows of the tables in one section of a document; a row's id is `<section>.<position>`, such as `3.7` or `8.2.3`. */
export interface RowSection {
  /** Number of the section, such as `3` or `8.2`. */
  readonly section: string;
  /** What each row is about, in the order of the document. */
  readonly subjects: readonly string[];
}

/** The scenario table of one document of the specification, or all its tables. */
export interface ScenarioTable {
  /** The word before `row` in the names of tests. */
  readonly name: string;
  /** Its rows are numbered from 1 to this, or by section and position. */
  readonly rows: number | readonly RowSection[];
  /** Rows that need a part of Spiderpool that is not there yet, with the reason. */
  readonly deferred: Readonly<Record<string, string>>;
  /** Rows whose tests are in a layer that a run may leave out, by its name. @default none */
  readonly ofLayers?: Readonly<Record<string, readonly (number | string)[]>>;
}

/** One row of a table. */
export interface ScenarioRow {
  /** Such as `7`, or `3.7`. */
  readonly id: string;
  /** What it is about; empty where rows are only numbered. */
  readonly subject: string;
}

/** All rows of a table, in its order. */
export function rowsOf({ rows }: Pick<ScenarioTable, "rows">): ScenarioRow[] {
  if (typeof rows === "number") return Array.from({ length: rows }, (_, i) => ({ id: `${i + 1}`, subject: "" }));
  return rows.flatMap(({ section, subjects }) =>
    subjects.map((subject, i) => ({ id: `${section}.${i + 1}`, subject }))
  );
}

/** Tests say which rows they hold by `row 7`, `rows 74, 81`, `ipam row 75` or `agent row 3.7` in their names. */
const rowWords = /\b(?:(\w+) )?rows? (\d+(?:\.\d+)*[a-z]?\b(?:(?:, | and )\d+(?:\.\d+)*[a-z]?\b)*)/g;

/** Documents whose tables are not due as a whole yet: their rows are nobody else's. */
const otherDocuments: readonly string[] = ["agent", "controller", "crds", "operations", "plugins", "webhooks"];

/**
 * The rows of `table` that a test's name claims: `31a` is row 31. A bare `row 7` belongs to the first table, which was
 * there before the others.
 */
export function rowsNamed(test: string, { table, tables }: TablesOf): string[] {
  const names = new Set([...otherDocuments, ...tables.map(({ name }) => name)]);
  return [...test.matchAll(rowWords)].flatMap(([, word = "", rows = ""]) => {
    const owner = names.has(word) ? word : tables[0]?.name;
    return owner === table.name ? [...rows.matchAll(/\d+(?:\.\d+)*/g)].map(([id]) => id) : [];
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

/** What a whole run says about one table; rows by their ids. */
export interface RowCoverage {
  readonly covered: number;
  /** Rows that no passed test names, that are not deferred, and whose layer ran. */
  readonly missing: readonly string[];
  /** Rows that no passed test names because their tests were skipped, or their layer did not run. */
  readonly notRun: readonly string[];
  /** Deferred rows that a passed test names all the same. */
  readonly done: readonly string[];
  /** What tests name although the table has no such row. */
  readonly unknown: readonly string[];
}

/** Holds what passed against a table. */
export function rowCoverage(results: readonly TestResult[], context: RunOf): RowCoverage {
  const { table, layers } = context;
  const all = rowsOf(table).map(({ id }) => id);
  const rowsThat = (...outcomes: readonly TestResult["outcome"][]) =>
    new Set(
      results.filter(({ outcome }) => outcomes.includes(outcome)).flatMap(({ name }) => rowsNamed(name, context)),
    );
  const [named, skipped, failed] = [rowsThat("passed"), rowsThat("skipped"), rowsThat("failed")];
  const ofAbsent = Object.entries(table.ofLayers ?? {}).flatMap(([layer, rows]) => layers.includes(layer) ? [] : rows);
  const absent = [...skipped, ...ofAbsent.map(String)].filter((row) => !failed.has(row));
  const open = all.filter((row) => !named.has(row) && table.deferred[row] === undefined);
  return {
    covered: all.filter((row) => named.has(row)).length,
    missing: open.filter((row) => !absent.includes(row)),
    notRun: open.filter((row) => absent.includes(row)),
    done: all.filter((row) => named.has(row) && table.deferred[row] !== undefined),
    unknown: [...rowsThat("passed", "skipped", "failed")].filter((row) => !all.includes(row)),
  };
}

/** Says it in one line a table; `missing` and `unknown` are failures of the run. */
export function coverageLine(table: ScenarioTable, coverage: RowCoverage): string {
  const { covered, missing, notRun, done, unknown } = coverage;
  const rows = rowsOf(table);
  const told = (ids: readonly string[]) =>
    rows.filter(({ id }) => ids.includes(id))
      .map(({ id, subject }) => subject === "" ? id : `${table.name} row ${id} ${subject}`).join(", ");
  const waiting = Object.keys(table.deferred).length;
  const parts = [`scenarios of ${table.name}: ${covered} of ${rows.length} rows tested`, `${waiting} deferred`];
  if (notRun.length > 0) parts.push(`${notRun.length} not run here: ${notRun.join(", ")}`);
  if (missing.length > 0) parts.push(`without a passed test: ${told(missing)}`);
  if (done.length > 0) parts.push(`no longer to be deferred: ${done.join(", ")}`);
  if (unknown.length > 0) parts.push(`named by tests, but no rows: ${unknown.join(", ")}`);
  return parts.join("; ");
}
