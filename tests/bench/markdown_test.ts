import assert from "node:assert/strict";
import { markdownOf, withRegion } from "./markdown.ts";

Deno.test("markdownOf() aligns numbers to the right and keeps bars out of cells", () => {
  const table = { title: "T", head: ["a", "b"], rows: [["x|y", 1], ["z", 2.5]], notes: ["n"] };
  const want = "### T\n\n| a | b |\n| --- | ---: |\n| x\\|y | 1 |\n| z | 2.50 |\n\nn\n";
  assert.equal(markdownOf(table), want);
});

Deno.test("withRegion() replaces what is between the marks, and nothing else", () => {
  const document = "head\n<!-- r: begin -->\nold\n<!-- r: end -->\ntail\n";
  const want = "head\n<!-- r: begin -->\n\nnew\n\n<!-- r: end -->\ntail\n";
  assert.equal(withRegion(document, "r", "new\n"), want);
  assert.equal(withRegion(want, "r", "new"), want);
});

for (
  const document of [
    "",
    "<!-- r: begin -->",
    "<!-- r: end --><!-- r: begin -->",
    "<!-- r: begin --><!-- r: begin --><!-- r: end -->",
  ]
) {
  Deno.test(`withRegion() refuses ${JSON.stringify(document)}`, () => {
    assert.throws(() => withRegion(document, "r", "new"), RangeError);
  });
}
