import assert from "node:assert/strict";
import { firstReason, needsCommand, needsPath } from "./skip.ts";

Deno.test("firstReason() takes the first reason there is", () => {
  assert.equal(firstReason(undefined, "b", "c"), "b");
  assert.equal(firstReason(undefined, undefined), undefined);
  assert.equal(firstReason(), undefined);
});

Deno.test("needsCommand() knows what is on PATH", () => {
  assert.equal(needsCommand("sh"), undefined);
  assert.equal(needsCommand("no-such-command-here"), "needs the command no-such-command-here");
});

Deno.test("needsPath() names what is missing", () => {
  assert.equal(needsPath("/", "a root folder"), undefined);
  assert.equal(needsPath("/no/such/path", "the moon"), "needs the moon (/no/such/path)");
});
