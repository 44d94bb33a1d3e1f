import assert from "node:assert/strict";
import { FakeClock } from "../../net/base/fake_clock.ts";
import { type AddRun, journalEntry } from "./add_run.ts";

/** A run of an ADD, as far as its journal entry goes. */
function runAt(nowMs: number, containerID: string): AddRun {
  const args = { podNamespace: "ns1", podName: "p", containerID, ifName: "eth0" };
  const pod = { metadata: { namespace: "ns1", name: "p" } };
  const owner = { pod, features: {}, topController: { apiVersion: "v1", kind: "Pod", namespace: "ns1", name: "p" } };
  const run = { args, owner, podUid: "u1", endpoint: undefined, deps: { clock: new FakeClock(nowMs) } };
  return run as unknown as AddRun; // what else a run has is not looked at
}

Deno.test("agent 12: an attachment that is tried again and again keeps its age in the journal", () => {
  const first = journalEntry(runAt(0, "c1"), { needs: [], former: undefined });
  assert.equal(first.startedAt, "1970-01-01T00:00:00.000Z");
  const second = journalEntry(runAt(60_000, "c2"), { needs: [], former: first });
  assert.deepEqual(second, { ...first, containerId: "c2" });
});
