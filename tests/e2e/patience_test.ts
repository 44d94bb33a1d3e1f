import assert from "node:assert/strict";
import { WaitError } from "../../scripts/cluster/wait.ts";
import { HopelessError, patiently } from "./patience.ts";

/** A condition with one outcome a look: what is missing, or what it throws. */
function looks(...outcomes: readonly (string | Error | undefined)[]): () => Promise<string | undefined> {
  const left = [...outcomes];
  return () => {
    const outcome = left.shift();
    return outcome instanceof Error ? Promise.reject(outcome) : Promise.resolve(outcome);
  };
}

Deno.test("patiently() looks again after a look that failed: what was read has gone meanwhile", async () => {
  await patiently("see it", looks("not yet", new Error("no such file"), undefined), { everyMs: 0 });
});

Deno.test("patiently() says what the last look threw when time is up", async () => {
  const look = () => Promise.reject(new Error("no such file"));
  const wait = patiently("see it", look, { everyMs: 0, timeoutMs: 0 });
  await assert.rejects(wait, (err) => err instanceof WaitError && err.message.endsWith("no such file"));
});

Deno.test("patiently() ends at once when no waiting can help", async () => {
  const wait = patiently("see it", looks(new HopelessError("it is over"), undefined), { everyMs: 0 });
  await assert.rejects(wait, { name: "HopelessError", message: "it is over" });
});
