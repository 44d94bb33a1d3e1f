import { formatNumber, type Table } from "./table.ts";

/** Renders a table as Markdown, its title as a heading before it. */
export function markdownOf({ title, head, rows, notes = [] }: Table): string {
  const isNumeric = head.map((_, i) => rows.length > 0 && rows.every((row) => typeof row[i] === "number"));
  const lines = [
    lineOf(head),
    lineOf(isNumeric.map((numeric) => numeric ? "---:" : "---")),
    ...rows.map((row) => lineOf(row.map((cell) => typeof cell === "number" ? formatNumber(cell) : escaped(cell)))),
  ];
  return [`### ${title}`, "", ...lines, ...notes.flatMap((note) => ["", note]), ""].join("\n");
}

/**
 * Puts `text` between the marks of region `name` in a document.
 *
 * @throws {RangeError} if the document does not have both marks once, in this order
 */
export function withRegion(document: string, name: string, text: string): string {
  const [begin, end] = [`<!-- ${name}: begin -->`, `<!-- ${name}: end -->`];
  const [before, rest, ...more] = document.split(begin);
  const [, after, ...others] = rest?.split(end) ?? [];
  if (before === undefined || after === undefined || more.length > 0 || others.length > 0) {
    throw new RangeError(`Cannot write region "${name}": the document needs ${begin} and ${end}, each once`);
  }
  return `${before}${begin}\n\n${text.trim()}\n\n${end}${after}`;
}

function lineOf(cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |`;
}

function escaped(cell: string): string {
  return cell.replaceAll("|", "\\|");
}
