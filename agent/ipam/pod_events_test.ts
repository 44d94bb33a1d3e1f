import assert from "node:assert/strict";
import { FakeClock } from "../../net/base/fake_clock.ts";
import type { Pod } from "../../crd/core/mod.ts";
import { IpamError, refusedError } from "../../crd/ipam/errors.ts";
import type { Reason } from "../../crd/ipam/reasons.ts";
import { KubeApiError } from "../../crd/kube/errors.ts";
import type { EventInput } from "../../crd/kube/event_object.ts";
import { causeOf, fitMessage, PodEvents, QUIET_MS } from "./pod_events.ts";

const pod: Pod = { apiVersion: "v1", kind: "Pod", metadata: { name: "p", namespace: "ns1", uid: "U1" }, spec: {} };

function setUp() {
  const clock = new FakeClock(0);
  const recorded: EventInput[] = [];
  const events = new PodEvents({ recorder: { record: (input) => void recorded.push(input) }, clock });
  return { clock, events, recorded };
}

function refusal(reason: Reason, pool = "v4a"): IpamError {
  return refusedError([{
    nic: "eth0",
    family: 4,
    source: "cni-config",
    reasons: [{ pool, nic: "eth0", family: 4, reason }],
  }]);
}

Deno.test("PodEvents records a cause once a minute, with how often it came up", () => {
  const { clock, events, recorded } = setUp();
  for (let i = 0; i < 10; i++) {
    events.allocationFailed(pod, "eth0", refusal({ code: "used-out", detail: `${i} usable` }));
    clock.advance(QUIET_MS / 6);
  }
  assert.deepEqual(recorded.map(({ times, message }) => [times, message.slice(-12)]), [
    [1, "t (0 usable)"],
    [6, "t (6 usable)"],
  ]);
  assert.equal(new Set(recorded.map(({ cause }) => cause)).size, 1);
});

Deno.test("PodEvents tells Pods, NICs and causes apart", () => {
  const { events, recorded } = setUp();
  const other: Pod = { ...pod, metadata: { ...pod.metadata, uid: "U2" } };
  events.allocationFailed(pod, "eth0", refusal({ code: "used-out" }));
  events.allocationFailed(other, "eth0", refusal({ code: "used-out" }));
  events.allocationFailed(pod, "net1", refusal({ code: "used-out" }));
  events.allocationFailed(pod, "eth0", refusal({ code: "disabled" }));
  events.allocationFailed(pod, "eth0", refusal({ code: "disabled" }, "v4b"));
  events.allocationFailed(pod, "eth0", refusal({ code: "disabled" }));
  assert.equal(recorded.length, 5);
  assert.deepEqual(
    new Set(recorded.map(({ type, reason }) => `${type} ${reason}`)),
    new Set(["Warning IPAllocationFailed"]),
  );
});

for (const code of ["pod-not-found", "pod-uid-mismatch", "dead-pod"] as const) {
  Deno.test(`PodEvents is silent about ${code}`, () => {
    const { events, recorded } = setUp();
    events.allocationFailed(pod, "eth0", new IpamError(code, "x"));
    assert.deepEqual(recorded, []);
  });
}

Deno.test("PodEvents notes an ignored subnet annotation and nothing smaller", () => {
  const { events, recorded } = setUp();
  events.noted(pod, { code: "family-disabled", nic: "eth0", family: 6, names: ["v6a"] });
  for (const nic of ["eth0", "net1"]) {
    events.noted(pod, { code: "subnet-annotation-ignored", nic, annotation: "ipam.spidernet.io/subnet" });
  }
  assert.deepEqual(recorded.map(({ reason }) => reason), ["SubnetAnnotationIgnored"]);
});

const holder = { podNamespace: "ns1", podName: "p", podUid: "U1", nic: "eth0", pool: "v4a" };
const note = { ...holder, address: "10.1.0.10", mac: "aa:bb:cc:dd:ee:ff", expiresMs: 0 };

Deno.test("PodEvents names an address that was set aside", () => {
  const { events, recorded } = setUp();
  events.quarantined(pod, note);
  const [event] = recorded;
  assert.equal(event?.reason, "IPConflict");
  assert.match(event?.message ?? "", /^10\.1\.0\.10 of IPPool "v4a".* used by aa:bb:cc:dd:ee:ff .*1970-01-01T00:00:00/);
});

Deno.test("PodEvents.quarantined() names the VM that the Pod runs", () => {
  const { events, recorded } = setUp();
  const owner = {
    apiVersion: "kubevirt.io/v1",
    kind: "VirtualMachineInstance",
    name: "vm1",
    uid: "V1",
    controller: true,
  };
  events.quarantined({ ...pod, metadata: { ...pod.metadata, ownerReferences: [owner] } }, note);
  assert.match(recorded[0]?.message ?? "", /given to "eth0" of VM "vm1", is used by/);
});

Deno.test("PodEvents forgets the oldest cause: it counts anew", () => {
  const { events, recorded } = setUp();
  for (let i = 0; i < 1025; i++) events.warn(pod, { reason: "R", message: "m", cause: String(i) });
  events.warn(pod, { reason: "R", message: "m", cause: "1024" });
  assert.equal(recorded.length, 1025);
  events.warn(pod, { reason: "R", message: "m", cause: "0" });
  assert.equal(recorded.length, 1026);
});

Deno.test("PodEvents goes on when somebody sets the clock back", () => {
  const recorded: EventInput[] = [];
  let nowMs = 10 * QUIET_MS;
  const clock = { now: () => nowMs, sleep: () => Promise.resolve() };
  const events = new PodEvents({ recorder: { record: (input) => void recorded.push(input) }, clock });
  events.warn(pod, { reason: "R", message: "m", cause: "c" });
  nowMs = 0;
  events.warn(pod, { reason: "R", message: "m", cause: "c" });
  assert.equal(recorded.length, 2);
});

Deno.test("causeOf() leaves out what changes from try to try", () => {
  const late = (ms: number) => new IpamError("retries-exhausted", `nothing came of it within ${ms} ms`);
  const refused = { request: "PUT x", status: 403, reason: "Forbidden", message: "no" };
  assert.equal(causeOf(late(1)), causeOf(late(2)));
  assert.notEqual(causeOf(new IpamError("wrong-input", "a")), causeOf(new IpamError("wrong-input", "b")));
  assert.deepEqual([new KubeApiError(refused), new TypeError("x"), 7].map(causeOf), [
    "api 403",
    "TypeError",
    "unknown",
  ]);
});

Deno.test("fitMessage() keeps 1024 characters and says where the rest is", () => {
  assert.equal(fitMessage("a".repeat(1024)), "a".repeat(1024));
  const cut = fitMessage("a".repeat(5000));
  assert.equal(cut.length, 1024);
  assert.ok(cut.endsWith("(cut; GET /v1/ipam/explain of the node's agent tells all)"));
});
