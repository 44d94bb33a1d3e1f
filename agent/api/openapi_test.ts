import assert from "node:assert/strict";
import { openApiDocument } from "./openapi.ts";
import { operations } from "./operations.ts";

Deno.test("openApiDocument() resolves all its references and has every operation", () => {
  const document = JSON.parse(JSON.stringify(openApiDocument("1.0.0")));
  const references = [...JSON.stringify(document).matchAll(/"#\/definitions\/(\w+)"/g)].map(([, name]) => name ?? "");
  for (const name of references) assert.ok(document.definitions[name] !== undefined, name);
  assert.ok(references.length > 5);
  const paths = Object.entries<Record<string, unknown>>(document.paths);
  assert.equal(paths.flatMap(([, methods]) => Object.keys(methods)).length, Object.keys(operations).length);
  assert.deepEqual(document.definitions.IPConfig.properties.version, { type: "integer", enum: [4, 6] });
});
