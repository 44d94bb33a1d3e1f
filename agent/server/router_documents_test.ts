import assert from "node:assert/strict";
import { createRouter } from "./router.ts";

const router = createRouter({}, { documents: { "/swagger.json": { swagger: "2.0" } } });

function get(path: string) {
  const request = { method: "GET", path, query: new URLSearchParams(), headers: new Map(), keepAlive: true };
  return router({ ...request, body: new Uint8Array() }, new AbortController().signal);
}

Deno.test("createRouter() serves its documents", async () => {
  assert.deepEqual(await get("/swagger.json"), { status: 200, body: '{"swagger":"2.0"}\n' });
});

for (const path of ["constructor", "__proto__", "toString", "", "/"]) {
  Deno.test(`createRouter() has no document at ${JSON.stringify(path)}: it is not fooled by what every object has`, async () => {
    assert.equal((await get(path)).status, 404);
  });
}
