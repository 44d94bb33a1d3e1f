/** A table: the heads of its columns, and rows of as many cells. A number is written with three digits. */
export interface Table {
  readonly title: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly (string | number)[])[];
  /** Said below the table. @default nothing */
  readonly notes?: readonly string[];
}

/**
 * Renders a table as lines of text: columns of numbers to the right, all others to the left, two blanks in between.
 *
 * @throws {RangeError} if a row has another number of cells than the head
 */
export function renderTable({ title, head, rows, notes = [] }: Table): string {
  for (const row of rows) {
    if (row.length !== head.length) {
      throw new RangeError(`Cannot render table "${title}": a row has ${row.length} cells for ${head.length} columns`);
    }
  }
  const columns = head.map((name, i) => columnOf(name, rows.map((row) => row[i] ?? "")));
  const lines = [-1, ...rows.keys()].map((row) => columns.map(({ cells }) => cells[row + 1]).join("  ").trimEnd());
  const [first = "", ...rest] = lines;
  const rule = "-".repeat(Math.max(...lines.map((line) => line.length)));
  return [title, first, rule, ...rest, ...notes.map((note) => `  ${note}`)].join("\n");
}

/** A number as people read it: three significant digits, whole numbers and those from 100 on whole, `-` when it is none. */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return "-";
  if (Number.isInteger(value)) return String(value);
  const size = Math.abs(value);
  if (size >= 99.95) return String(Math.round(value));
  const digits = Math.max(0, 2 - Math.floor(Math.log10(size)));
  return value.toFixed(Math.min(digits, 4));
}

function columnOf(name: string, values: readonly (string | number)[]): { cells: readonly string[] } {
  const texts = [name, ...values.map((value) => typeof value === "number" ? formatNumber(value) : value)];
  const width = Math.max(...texts.map((text) => text.length));
  const isNumeric = values.length > 0 && values.every((value) => typeof value === "number");
  return { cells: texts.map((text) => isNumeric ? text.padStart(width) : text.padEnd(width)) };
}
