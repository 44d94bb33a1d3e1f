import assert from "node:assert/strict";
import { formatNumber, renderTable } from "./table.ts";

const numbers = [
  { value: 0, want: "0" },
  { value: 1234.5, want: "1235" },
  { value: 99.96, want: "100" },
  { value: 99.94, want: "99.9" },
  { value: 12.345, want: "12.3" },
  { value: 1, want: "1" },
  { value: 1.004, want: "1.00" },
  { value: 0.1234, want: "0.123" },
  { value: 0.00001, want: "0.0000" },
  { value: -2.5, want: "-2.50" },
  { value: NaN, want: "-" },
  { value: Infinity, want: "-" },
];
for (const { value, want } of numbers) {
  Deno.test(`formatNumber(${value}) is ${want}`, () => assert.equal(formatNumber(value), want));
}

Deno.test("renderTable() sets numbers to the right and words to the left", () => {
  const text = renderTable({
    title: "Speed",
    head: ["who", "per second"],
    rows: [["ours", 1500], ["theirs", 2.5]],
    notes: ["on one machine"],
  });
  assert.equal(
    text,
    [
      "Speed",
      "who     per second",
      "------------------",
      "ours          1500",
      "theirs        2.50",
      "  on one machine",
    ].join("\n"),
  );
});

Deno.test("renderTable() of no rows is its head", () => {
  assert.equal(renderTable({ title: "None", head: ["a", "b"], rows: [] }), "None\na  b\n----");
});

Deno.test("renderTable() refuses a row of another width", () => {
  assert.throws(() => renderTable({ title: "Odd", head: ["a"], rows: [["1", "2"]] }), RangeError);
});
