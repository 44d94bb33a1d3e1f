import assert from "node:assert/strict";
import { FakeClock } from "../../net/base/fake_clock.ts";
import { type LogFields, silentLog } from "../../net/base/log.ts";
import type { Pod } from "../../crd/core/mod.ts";
import type { Decision } from "../../crd/ipam/decision.ts";
import type { EventInput } from "../../crd/kube/event_object.ts";
import { addObserver } from "./add_observer.ts";
import { AddMemory } from "./explain_memory.ts";
import { PodEvents } from "./pod_events.ts";

const pod: Pod = { apiVersion: "v1", kind: "Pod", metadata: { name: "p", namespace: "ns1", uid: "U1" }, spec: {} };
const args = {
  containerID: "c1",
  ifName: "eth0",
  netNamespace: "/n",
  podNamespace: "ns1",
  podName: "p",
  podUID: "U1",
};
const decision: Decision = {
  pod: "ns1/p",
  podUid: "U1",
  nic: "eth0",
  topController: { apiVersion: "apps/v1", kind: "Deployment", namespace: "ns1", name: "web", uid: "D1" },
  keptBy: undefined,
  endpoint: { code: "none" },
  sources: [
    { source: "pod-subnet", verdict: "feature-off" },
    { source: "cni-config", verdict: "applies" },
    { source: "cluster-default", verdict: "not-asked" },
  ],
  notes: [{ code: "subnet-annotation-ignored", nic: "eth0", annotation: "ipam.spidernet.io/subnet" }],
  families: [{
    nic: "eth0",
    family: 4,
    source: "cni-config",
    pools: [
      {
        name: "a",
        place: 1,
        preferences: [],
        verdict: { code: "refused", reason: { code: "used-out" } },
        counts: undefined,
      },
      { name: "b", place: 2, preferences: [], verdict: { code: "used" }, counts: undefined },
    ],
    address: { address: "10.0.0.1", pool: "b", why: "lowest-free" },
  }],
  refusal: undefined,
};

function setUp({ known, isDebug = true }: { known: Pod | undefined; isDebug?: boolean }) {
  const lines: [string, LogFields | undefined][] = [];
  const recorded: EventInput[] = [];
  const clock = new FakeClock();
  const memory = new AddMemory(clock);
  const observer = addObserver({
    log: { ...silentLog, isDebug, debug: (message, fields) => void lines.push([message, fields]) },
    view: { cachedPod: () => known },
    memory,
    events: new PodEvents({ recorder: { record: (input) => void recorded.push(input) }, clock }),
  });
  return { observer, lines, recorded, remembered: () => memory.of(args).size };
}

Deno.test("addObserver() writes one debug line with the whole decision", () => {
  const { observer, lines } = setUp({ known: pod });
  observer.ended({ args, decision, notes: decision.notes, err: undefined, isCancelled: false });
  assert.deepEqual(lines, [["decided ADD", {
    pod: "ns1/p",
    podUid: "U1",
    ifname: "eth0",
    owner: "Deployment ns1/web",
    endpoint: "none",
    sources: ["pod-subnet feature-off", "cni-config applies"],
    families: [{
      ifname: "eth0",
      family: 4,
      source: "cni-config",
      pools: ["a used-out", "b used"],
      address: "10.0.0.1",
      why: "lowest-free",
    }],
    notes: ["subnet-annotation-ignored"],
  }]]);
});

Deno.test("addObserver() does not ask for the decision of an ADD that was served while nobody reads debug lines", () => {
  const { observer, lines, remembered } = setUp({ known: pod, isDebug: false });
  const end = { args, notes: [], err: undefined, isCancelled: false };
  observer.ended(
    Object.defineProperty({ ...end, decision: undefined }, "decision", { get: () => assert.fail("asked") }),
  );
  assert.deepEqual([lines, remembered()], [[], 1]);
});

const refused = new Error("no");
const cases = [
  {
    name: "a served ADD with a note",
    end: { decision, notes: decision.notes, err: undefined },
    known: pod,
    want: ["SubnetAnnotationIgnored"],
    remembered: 1,
  },
  {
    name: "a refused ADD",
    end: { decision: undefined, notes: [], err: refused },
    known: pod,
    want: ["IPAllocationFailed"],
    remembered: 1,
  },
  {
    name: "a refused ADD of an unknown Pod",
    end: { decision: undefined, notes: [], err: refused },
    known: undefined,
    want: [],
    remembered: 1,
  },
  {
    name: "a refused ADD of another Pod of the name",
    end: { decision: undefined, notes: [], err: refused },
    known: { ...pod, metadata: { ...pod.metadata, uid: "U2" } },
    want: [],
    remembered: 1,
  },
  {
    name: "an ADD whose caller has gone",
    end: { decision, notes: decision.notes, err: refused, isCancelled: true },
    known: pod,
    want: [],
    remembered: 0,
  },
];
for (const { name, end, known, want, remembered } of cases) {
  Deno.test(`addObserver() tells of ${name}: ${want.join() || "no Event"}`, () => {
    const told = setUp({ known });
    told.observer.ended({ args, isCancelled: false, ...end });
    assert.deepEqual(told.recorded.map(({ reason }) => reason), want);
    assert.equal(told.remembered(), remembered);
  });
}
