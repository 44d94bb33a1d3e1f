/** Records of a Pod that is there, by its phase and its node. */
import assert from "node:assert/strict";
import { ips, living, node, terminating, testGc } from "./gc_decide_fixture.ts";
import { formatGcReason } from "./gc_reason.ts";

testGc([
  { name: "B: Succeeded", pod: living({ phase: "Succeeded", ...ips }), want: "trace completed" },
  {
    name: "B: Succeeded and terminating past the deadline",
    pod: terminating({ phase: "Succeeded", ...ips }, 0),
    want: "reclaim record endpoint terminating-over",
  },
  { name: "B: Pending", pod: living({ phase: "Pending" }), want: "keep pending" },
  { name: "B: Pending and terminating", pod: terminating({ phase: "Pending" }, -1000), want: "keep pending" },
  {
    name: "B: terminating in grace, podIPs",
    pod: terminating({ phase: "Running", ...ips }, 1),
    want: "trace terminating",
  },
  {
    name: "B: terminating in grace, no podIPs",
    pod: terminating({ phase: "Running" }, 1),
    want: "reclaim record endpoint terminating-without-addresses",
  },
  {
    name: "B: terminating in grace, no podIPs, switches off",
    pod: terminating({ phase: "Running" }, 1),
    switches: { onReadyNode: false },
    want: "reclaim record endpoint terminating-without-addresses",
  },
  {
    name: "B: terminating past the deadline",
    pod: terminating({ phase: "Running", ...ips }, 0),
    want: "reclaim record endpoint terminating-over",
  },
  {
    name: "B: the additional delay counts",
    pod: terminating({ phase: "Running", ...ips }, 0),
    switches: { additionalDelayMs: 1 },
    want: "trace terminating",
  },
  {
    name: "B: ready node, its switch off",
    pod: terminating({ phase: "Running", ...ips }, 0),
    switches: { onReadyNode: false },
    want: "keep switched-off",
  },
  {
    name: "B: node not ready, its switch off",
    pod: terminating({ phase: "Running", ...ips }, 0),
    switches: { onNotReadyNode: false },
    facts: { node: node("False") },
    want: "keep switched-off",
  },
  {
    name: "B: node not ready, its switch on",
    pod: terminating({ phase: "Running", ...ips }, 0),
    switches: { onReadyNode: false },
    facts: { node: node("False") },
    want: "reclaim record endpoint terminating-over",
  },
  {
    name: "B: a missing node is not ready",
    pod: terminating({ phase: "Running", ...ips }, 0),
    switches: { onReadyNode: false },
    facts: { node: undefined },
    want: "reclaim record endpoint terminating-over",
  },
  {
    name: "B: no grace period to count with",
    pod: { ...living(), metadata: { ...living().metadata, deletionTimestamp: "2020-01-01T00:00:00Z" } },
    want: "keep no-deadline",
  },
  { name: "B: podIPs", want: "keep has-addresses" },
  { name: "B: Running, no podIPs, switch off", pod: living({ phase: "Running" }), want: "keep switched-off" },
  {
    name: "B: Running, no podIPs, switch on",
    pod: living({ phase: "Running" }),
    switches: { onEmptyPodIPs: true },
    want: "reclaim record endpoint no-addresses",
  },
  { name: "B: Unknown, no podIPs", pod: living({ phase: "Unknown" }), want: "reclaim record endpoint no-addresses" },
  { name: "B: Unknown, podIPs", pod: living({ phase: "Unknown", ...ips }), want: "keep has-addresses" },
]);

Deno.test("formatGcReason() has words", () => {
  assert.equal(formatGcReason("pod-gone"), "the Pod does not exist");
});
