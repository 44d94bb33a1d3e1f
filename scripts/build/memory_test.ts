import assert from "node:assert/strict";
import { memoryVariables } from "./memory.ts";

Deno.test("Containerfile tells glibc the same as the image that is made without a builder", () => {
  const text = Deno.readTextFileSync(new URL("../../Containerfile", import.meta.url));
  const told = [...text.matchAll(/\b(MALLOC_\w+)=(\d+)/g)].map(([, name, value]) => [name, value]);
  assert.deepEqual(Object.fromEntries(told), memoryVariables);
});
