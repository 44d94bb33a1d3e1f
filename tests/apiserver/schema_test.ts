import assert from "node:assert/strict";
import type { Json, JsonObject } from "./json.ts";
import { parseJson } from "./json.ts";
import { parseSchema } from "./schema.ts";
import { applyDefaults } from "./schema_default.ts";
import { prune } from "./schema_prune.ts";
import { validateSchema } from "./schema_validate.ts";

function object(properties: JsonObject, rest: JsonObject = {}): JsonObject {
  return { type: "object", properties, ...rest };
}

const defaults: readonly { name: string; schema: JsonObject; value: JsonObject; want: JsonObject }[] = [
  { name: "absent", schema: object({ a: { type: "boolean", default: false } }), value: {}, want: { a: false } },
  {
    name: "present",
    schema: object({ a: { type: "boolean", default: false } }),
    value: { a: true },
    want: { a: true },
  },
  { name: "null", schema: object({ a: { type: "boolean", default: false } }), value: { a: null }, want: { a: false } },
  {
    name: "null where it is allowed",
    schema: object({ a: { type: "boolean", default: false, nullable: true } }),
    value: { a: null },
    want: { a: null },
  },
  {
    name: "below an absent object nothing",
    schema: object({ a: object({ b: { type: "integer", default: 1 } }) }),
    value: {},
    want: {},
  },
  {
    name: "below a present object",
    schema: object({ a: object({ b: { type: "integer", default: 1 } }) }),
    value: { a: {} },
    want: { a: { b: 1 } },
  },
  {
    name: "a default that has defaults below",
    schema: object({ a: object({ b: { type: "integer", default: 1 } }, { default: {} }) }),
    value: {},
    want: { a: { b: 1 } },
  },
  {
    name: "items and additional properties",
    schema: object({
      list: { type: "array", items: object({ b: { type: "integer", default: 1 } }) },
      map: { type: "object", additionalProperties: object({ b: { type: "integer", default: 2 } }) },
    }),
    value: { list: [{}, { b: 3 }], map: { x: {} } },
    want: { list: [{ b: 1 }, { b: 3 }], map: { x: { b: 2 } } },
  },
];
for (const { name, schema, value, want } of defaults) {
  Deno.test(`applyDefaults() fills in: ${name}`, () => {
    const before = JSON.stringify(value);
    assert.deepEqual(applyDefaults(value, parseSchema(schema)), want);
    assert.equal(JSON.stringify(value), before, "the input stays as it was");
  });
}

const prunings: readonly {
  name: string;
  schema: JsonObject;
  value: JsonObject;
  want: JsonObject;
  unknown: string[];
}[] = [
  { name: "a field", schema: object({ a: {} }), value: { a: 1, b: 2 }, want: { a: 1 }, unknown: ["b"] },
  {
    name: "a field of an item",
    schema: object({ list: { type: "array", items: object({ a: {} }) } }),
    value: { list: [{ a: 1 }, { a: 1, b: 2 }] },
    want: { list: [{ a: 1 }, { a: 1 }] },
    unknown: ["list[1].b"],
  },
  {
    name: "nothing where unknown fields are preserved",
    schema: object({ a: { type: "object", "x-kubernetes-preserve-unknown-fields": true } }),
    value: { a: { b: { c: 1 } } },
    want: { a: { b: { c: 1 } } },
    unknown: [],
  },
  {
    name: "nothing in a map",
    schema: object({ a: { type: "object", additionalProperties: { type: "string" } } }),
    value: { a: { b: "c" } },
    want: { a: { b: "c" } },
    unknown: [],
  },
  {
    name: "metadata below the root",
    schema: object({ a: object({}) }),
    value: { metadata: { name: "x" }, kind: "K", a: { metadata: {} } },
    want: { metadata: { name: "x" }, kind: "K", a: {} },
    unknown: ["a.metadata"],
  },
];
for (const { name, schema, value, want, unknown } of prunings) {
  Deno.test(`prune() drops ${name}`, () => {
    assert.deepEqual(prune(value, parseSchema(schema)), { value: want, unknown });
  });
}

const validations: readonly { schema: JsonObject; value: Json; want: string[] }[] = [
  {
    schema: { type: "integer" },
    value: 1.5,
    want: ['Invalid value: "number": f in body must be of type integer: "number"'],
  },
  { schema: { type: "number" }, value: 1, want: [] },
  {
    schema: { type: "string" },
    value: null,
    want: ['Invalid value: "null": f in body must be of type string: "null"'],
  },
  { schema: { type: "string", nullable: true }, value: null, want: [] },
  { schema: { type: "integer", format: "int32" }, value: 2147483647, want: [] },
  {
    schema: { type: "integer", format: "int32" },
    value: 2147483648,
    want: ["Invalid value: 2147483648: Checked value must be of type integer with format int32 in f"],
  },
  { schema: { type: "integer", format: "int64", minimum: 0 }, value: parseJson("9223372036854775807"), want: [] },
  {
    schema: { type: "integer", format: "int64" },
    value: parseJson("9223372036854775808"),
    want: ["Invalid value: 9223372036854775808: Checked value must be of type integer with format int64 in f"],
  },
  {
    schema: { type: "integer", maximum: 4094 },
    value: 4095,
    want: ["Invalid value: 4095: f in body should be less than or equal to 4094"],
  },
  {
    schema: { type: "integer", minimum: 0, exclusiveMinimum: true },
    value: 0,
    want: ["Invalid value: 0: f in body should be greater than 0"],
  },
  {
    schema: { type: "string", pattern: "^a+$" },
    value: "b",
    want: ["Invalid value: \"b\": f in body should match '^a+$'"],
  },
  { schema: { type: "string", maxLength: 1 }, value: "ab", want: ["Too long: may not be more than 1 bytes"] },
  {
    schema: { type: "string", minLength: 1 },
    value: "",
    want: ['Invalid value: "": f in body should be at least 1 chars long'],
  },
  { schema: { type: "array", maxItems: 1 }, value: [1, 2], want: ["Too many: 2: must have at most 1 items"] },
  {
    schema: { type: "array", minItems: 1 },
    value: [],
    want: ["Invalid value: 0: f in body should have at least 1 items"],
  },
  {
    schema: { type: "array", items: { type: "string" }, "x-kubernetes-list-type": "set" },
    value: ["a", "b", "a"],
    want: ['Duplicate value: "a"'],
  },
  {
    schema: {
      type: "array",
      items: object({}),
      "x-kubernetes-list-type": "map",
      "x-kubernetes-list-map-keys": ["name"],
    },
    value: [{ name: "a", x: 1 }, { name: "a", x: 2 }],
    want: ['Duplicate value: {"name":"a"}'],
  },
  { schema: { "x-kubernetes-int-or-string": true }, value: "50%", want: [] },
  {
    schema: { "x-kubernetes-int-or-string": true },
    value: true,
    want: ['Invalid value: "boolean": f in body must be of type integer,string: "boolean"'],
  },
  {
    schema: { type: "string", enum: ["a", "b"] },
    value: "c",
    want: ['Unsupported value: "c": supported values: "a", "b"'],
  },
];
for (const { schema, value, want } of validations) {
  Deno.test(`validateSchema() of ${JSON.stringify(value)} against ${JSON.stringify(schema)}`, () => {
    const errors = validateSchema(value, { schema: parseSchema(schema), path: "f" });
    assert.deepEqual(errors.map(({ message }) => message), want);
  });
}
