import assert from "node:assert/strict";
import type { Schema } from "./gen_crd.ts";
import { docText, interfaceText, namedSchemas, shapeOf, typeText } from "./gen_types.ts";

const point: Schema = {
  type: "object",
  description: "A point.",
  required: ["x"],
  properties: { x: { type: "integer", description: "Across." }, y: { type: "integer", default: 7, minimum: 0 } },
};
const names = new Map([[shapeOf(point), "Point"]]);

const types: { schema: Schema; want: string }[] = [
  { schema: { type: "string" }, want: "string" },
  { schema: { type: "integer", format: "int64" }, want: "number" },
  { schema: { type: "boolean", enum: [true, false] }, want: "boolean" },
  { schema: { type: "integer", enum: [4, 6] }, want: "4 | 6" },
  { schema: { type: "array", items: { type: "string" } }, want: "string[]" },
  { schema: { type: "array", items: { type: "string", enum: ["a", "b"] } }, want: `("a" | "b")[]` },
  { schema: { type: "object", additionalProperties: { type: "string" } }, want: "Record<string, string>" },
  { schema: point, want: "Point" },
  { schema: { ...point, description: "Another." }, want: "Point" },
  { schema: { type: "array", items: point }, want: "Point[]" },
  { schema: { type: "object", properties: {} }, want: "Outer" },
];
for (const { schema, want } of types) {
  Deno.test(`typeText() writes ${want}`, () => assert.equal(typeText(schema, { name: "Outer", names }), want));
}

const unknown: Schema[] = [{ type: "array" }, { type: "object" }];
for (const schema of unknown) {
  Deno.test(`typeText() refuses ${schema.type} of unknown content`, () => {
    assert.throws(() => typeText(schema, { name: "Outer", names }), TypeError);
  });
}

Deno.test("interfaceText() writes required and optional members with docstrings", () => {
  const want = `/** A point. */
export interface Point {
  /** Across. */
  x: number;
  /**
   * At least 0.
   *
   * @default 7
   */
  y?: number;
}
`;
  assert.equal(interfaceText({ name: "Point", schema: point }, names), want);
});

Deno.test("namedSchemas() finds inner objects, each shape once, in order", () => {
  const outer: Schema = {
    type: "object",
    properties: {
      from: point,
      to: { ...point, description: "The end." },
      more: { type: "array", items: { type: "object", properties: { a: { type: "string" } } } },
      plain: { type: "string" },
    },
  };
  assert.deepEqual(namedSchemas(outer, { name: "Outer", names }).map(({ name }) => name), [
    "Outer",
    "Point",
    "OuterMore",
  ]);
});

Deno.test("docText() breaks lines at 120 characters and is empty for nothing", () => {
  const text = docText({ type: "string", description: "word ".repeat(60).trim() }, "  ");
  assert.ok(text.split("\n").every((line) => line.length <= 120), text);
  assert.equal(text.match(/word/g)?.length, 60);
  assert.equal(docText({ type: "string" }, "  "), "");
});
