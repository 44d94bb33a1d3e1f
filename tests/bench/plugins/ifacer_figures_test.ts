import assert from "node:assert/strict";
import { figuresIn, figuresLine } from "./ifacer_figures.ts";

const rows = [{ call: "ifacer, DEL", medianMs: 1234.5, timesIdle: 2.25 }];
const line = figuresLine(rows);

const cases = [
  { name: "among other lines", lines: ["init: running", line, "ok | 1 passed"], want: rows },
  { name: "none", lines: ["init: running"], want: undefined },
  { name: "cut off", lines: [line.slice(0, -3)], want: undefined },
  { name: "of another shape", lines: [line.replace("1234.5", '"much"')], want: undefined },
];
for (const { name, lines, want } of cases) {
  Deno.test(`figuresIn() reads the line of figures: ${name}`, () => {
    assert.deepEqual(figuresIn(lines), want);
  });
}
