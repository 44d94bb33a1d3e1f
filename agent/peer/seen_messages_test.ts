import assert from "node:assert/strict";
import { SeenMessages } from "./seen_messages.ts";

Deno.test("SeenMessages.see() knows a copy by its name, until another epoch begins", () => {
  const seen = new SeenMessages();
  const limit = { epoch: "e", notAfterMs: 100 };
  assert.deepEqual(["a", "b", "a"].map((id) => seen.see(id, limit, 0)), ["new", "new", "copy"]);
  assert.equal(seen.see("a", { epoch: "f", notAfterMs: 100 }, 0), "new");
  assert.equal(seen.size, 1);
});

Deno.test("SeenMessages forgets what is over, and holds a bounded number", () => {
  const seen = new SeenMessages();
  for (let i = 0; i < 100_000; i++) {
    assert.equal(seen.see(`m${i}`, { epoch: "e", notAfterMs: i + 100 }, i), "new");
    assert.ok(seen.size <= 400, `${seen.size} after ${i}`);
  }
  assert.equal(seen.see("m99999", { epoch: "e", notAfterMs: 100_099 }, 99_999), "copy");
});

Deno.test("SeenMessages turns away what it cannot remember, until something is over", () => {
  const seen = new SeenMessages();
  const said = Array.from({ length: 20_000 }, (_, i) => seen.see(`m${i}`, { epoch: "e", notAfterMs: 100 + i }, 0));
  assert.deepEqual([said.filter((word) => word === "new").length, said.at(-1)], [16_384, "full"]);
  assert.equal(seen.see("m0", { epoch: "e", notAfterMs: 100 }, 0), "copy");
  assert.equal(seen.see("later", { epoch: "e", notAfterMs: 300 }, 200), "new");
});
