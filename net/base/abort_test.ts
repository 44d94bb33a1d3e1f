import assert from "node:assert/strict";
import { abortable } from "./abort.ts";

Deno.test("abortable() gives the promise's value when nobody aborts", async () => {
  assert.equal(await abortable(Promise.resolve(7), undefined), 7);
  assert.equal(await abortable(Promise.resolve(7), new AbortController().signal), 7);
});

Deno.test("abortable() throws the reason as soon as the signal is aborted", async () => {
  const controller = new AbortController();
  const waiting = abortable(new Promise(() => {}), controller.signal);
  const reason = new Error("gone");
  controller.abort(reason);
  await assert.rejects(waiting, (err) => err === reason);
});

Deno.test("abortable() throws the reason of a signal that was aborted before", async () => {
  const reason = new Error("gone");
  await assert.rejects(abortable(Promise.resolve(1), AbortSignal.abort(reason)), (err) => err === reason);
});

Deno.test("abortable() leaves no unhandled rejection behind when the promise fails after the abort", async () => {
  const late = Promise.withResolvers<void>();
  await assert.rejects(abortable(late.promise, AbortSignal.abort(new Error("gone"))), /gone/);
  late.reject(new Error("too late"));
  await new Promise((resolve) => setTimeout(resolve, 0));
});
