import type { ScenarioRow } from "../../scripts/scenario_rows.ts";

/**
 * Rows of the tables in a document of the specification, without headings; where a section is among `lists`, its
 * numbered items. The subject is the whole row without its markup.
 *
 * @param text Markdown; sections are headings such as `## 3. Name` or `### 8.2 Name`
 */
export function specRows(text: string, { lists = [] }: { readonly lists?: readonly string[] } = {}): ScenarioRow[] {
  const lines = text.replaceAll(/^```.*?^```/gms, "").split("\n");
  const counts = new Map<string, number>();
  let section = "";
  return lines.flatMap((line, i) => {
    section = /^#{2,3} (\d+(?:\.\d+)?)\.? /.exec(line)?.[1] ?? section;
    const row = lists.includes(section) ? /^\d+\. (.*)/.exec(line)?.[1] : tableRow(line, lines[i + 1]);
    if (row === undefined) return [];
    counts.set(section, (counts.get(section) ?? 0) + 1);
    return [{ id: `${section}.${counts.get(section)}`, subject: withoutMarkup(row) }];
  });
}

/** The cells of a row; `undefined` for other lines, headings of tables, and the rule below them. */
function tableRow(line: string, next = ""): string | undefined {
  const rule = /^\|[-|: ]+\|$/;
  if (!line.startsWith("|") || rule.test(line) || rule.test(next)) return undefined;
  return line.replaceAll(/^\||\|\s*$/g, "").split(" | ").map((cell) => cell.trim()).join(" ");
}

function withoutMarkup(text: string): string {
  return text.replaceAll(/`|\*\*| ✔/g, "").trim();
}
