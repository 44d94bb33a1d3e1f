import assert from "node:assert/strict";
import { anySignal } from "./any_signal.ts";

Deno.test("anySignal() is aborted by each source, with its reason, once", () => {
  for (const index of [0, 1]) {
    const sources = [new AbortController(), new AbortController()];
    using either = anySignal(sources.map(({ signal }) => signal));
    let heard = 0;
    either.signal.addEventListener("abort", () => heard++);
    assert.equal(either.signal.aborted, false);
    sources[index]?.abort("first");
    sources[1 - index]?.abort("second");
    assert.equal(either.signal.reason, "first");
    assert.equal(heard, 1);
  }
});

Deno.test("anySignal() of a source that is aborted already is aborted", () => {
  const open = new AbortController();
  using either = anySignal([open.signal, AbortSignal.abort("before")]);
  assert.equal(either.signal.reason, "before");
});

Deno.test("anySignal() of nothing is never aborted", () => {
  using none = anySignal([]);
  assert.equal(none.signal.aborted, false);
});

Deno.test("anySignal() follows nobody once it is disposed", () => {
  const source = new AbortController();
  const either = anySignal([source.signal]);
  either[Symbol.dispose]();
  source.abort();
  assert.equal(either.signal.aborted, false);
});
