/** The rows that tests have to name are those of the specification. */
import assert from "node:assert/strict";
import { type RowSection, rowsOf } from "../../scripts/scenario_rows.ts";
import { needsPath, testUnless } from "../shared/skip.ts";
import { agentRows } from "./agent.ts";
import { operationsRows } from "./operations.ts";
import { rowId, wordsOf } from "./row_id.ts";
import { specRows } from "./spec_rows.ts";

const folder = decodeURIComponent(new URL("../../../shared/spec/", import.meta.url).pathname);
const documents: readonly { file: string; rows: readonly RowSection[]; due: RegExp; lists?: readonly string[] }[] = [
  { file: "agent.md", rows: agentRows, due: /^([2-9]|10|12)\./ },
  { file: "operations.md", rows: operationsRows, due: /^([1-3]|14)\./, lists: ["14"] },
];
for (const { file, rows, due, lists = [] } of documents) {
  testUnless(needsPath(`${folder}${file}`, "the specification beside the checkout"), {
    name: `the rows of ${file} are those that its tables have`,
    fn() {
      const wanted = specRows(Deno.readTextFileSync(`${folder}${file}`), { lists }).filter(({ id }) => due.test(id));
      const got = rowsOf({ rows });
      assert.deepEqual(got.map(({ id }) => id).sort(), wanted.map(({ id }) => id).sort());
      for (const { id, subject } of got) {
        const row = wanted.find((row) => row.id === id)?.subject ?? "";
        assert.ok(subject !== "" && row.startsWith(subject), `${file} row ${id} is not ${subject}, but ${row}`);
      }
    },
  });
}

const text = `
## 3. Things

| Thing | Use |
|---|---|
| \`a\`, **b** | some \`c | d\` |

| More |
|:--:|
| x |

### 3.1 A part
| Thing | Use |
|---|---|
| d ✔ | |

\`\`\`
| no | row |
\`\`\`

## 4. A list
1. \`one\`
2. two
`;

Deno.test("specRows() numbers the rows of a section's tables, and of lists that count as such", () => {
  assert.deepEqual(specRows(text, { lists: ["4"] }).map(({ id, subject }) => `${id} ${subject}`), [
    "3.1 a, b some c d",
    "3.2 x",
    "3.1.1 d",
    "4.1 one",
    "4.2 two",
  ]);
});

const subjects: readonly [subject: string, words: readonly string[]][] = [
  ["a", ["a", "a"]],
  ["a (req), b", ["a (req), b", "a", "b"]],
  ["x_{a,b}_y", ["x_a_y", "x_a_y", "x_b_y", "x_b_y"]],
];
for (const [subject, words] of subjects) {
  Deno.test(`wordsOf() of ${subject}`, () => assert.deepEqual(wordsOf(subject), words));
}

Deno.test("rowId() finds the row of a word, and says when there is none", () => {
  const sections = [{ section: "3", subjects: ["a", "b, c"] }];
  assert.equal(rowId(sections, { section: "3", word: "c" }), "3.2");
  assert.throws(() => rowId(sections, { section: "3", word: "d" }), { name: "RangeError" });
});
