import { type JunitTest, junitTests } from "../test_report.ts";
import { FILE_MARK } from "./job.ts";

/** What came of one file of tests in the virtual machine. */
export interface FileReport {
  /** Exit status of `deno test`. */
  readonly code: number;
  readonly tests: readonly JunitTest[];
}

/** Stands before each record: no XML may hold it. */
const SEPARATOR = "\x1e";

/**
 * Reads what the virtual machine wrote to its port: for each file of tests `file <path> <exit status>`, a line end and a JUnit
 * report; then `end`. A record that is cut off is left out.
 *
 * @returns reports by path
 */
export function parseReports(text: string): Map<string, FileReport> {
  const whole = text.split(SEPARATOR).slice(1, -1); // the last one is the end, or was cut off
  return new Map(whole.flatMap((record): [string, FileReport][] => {
    const [, path, code, xml = ""] = /^file (\S+) (\d+)\n(.*)$/s.exec(record) ?? [];
    return path === undefined ? [] : [[path, { code: Number(code), tests: junitTests(xml) }]];
  }));
}

/** What the console showed while the tests in `path` ran. */
export function consoleOf(path: string, lines: readonly string[]): string[] {
  const start = lines.indexOf(FILE_MARK + path);
  if (start < 0) return [];
  const length = lines.slice(start + 1).findIndex((line) => line.startsWith(FILE_MARK));
  return lines.slice(start, length < 0 ? lines.length : start + 1 + length);
}
