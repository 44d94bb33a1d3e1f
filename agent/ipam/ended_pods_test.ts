import assert from "node:assert/strict";
import { silentLog } from "../../net/base/log.ts";
import type { Pod } from "../../crd/core/mod.ts";
import { Store } from "../../crd/kube/store.ts";
import { EndedPods } from "./ended_pods.ts";

const key = { namespace: "ns", name: "p" };

function pod(uid: string, deletionTimestamp?: string): Pod {
  const metadata = {
    ...key,
    uid,
    resourceVersion: `${uid}${deletionTimestamp}`,
    ...(deletionTimestamp && { deletionTimestamp }),
  };
  return { apiVersion: "v1", kind: "Pod", metadata, spec: {} };
}

const living = pod("u1");
const ending = pod("u1", "2026-01-01T00:00:00Z");

const cases: readonly { name: string; then: (store: Store<Pod>) => void; want: "lives" | "ending" | "gone" }[] = [
  { name: "that nobody has seen", then: () => {}, want: "lives" },
  { name: "that lives", then: (store) => store.put(living), want: "lives" },
  { name: "that is being deleted", then: (store) => store.put(ending), want: "ending" },
  { name: "that was deleted", then: (store) => (store.put(living), store.remove(living)), want: "gone" },
  { name: "that a later list does not show", then: (store) => (store.put(living), store.replace([])), want: "gone" },
  { name: "whose name another one has", then: (store) => (store.put(living), store.put(pod("u2"))), want: "gone" },
  {
    name: "that came back in a late event",
    then: (store) => (store.put(ending), store.remove(ending), store.put(ending)),
    want: "gone",
  },
  {
    name: "of whose name only another one was seen",
    then: (store) => store.put(pod("u2", "2026-01-01T00:00:00Z")),
    want: "lives",
  },
];

for (const { name, then, want } of cases) {
  Deno.test(`EndedPods: a Pod ${name}: ${want}`, () => {
    const store = new Store<Pod>({ log: silentLog });
    const ended = new EndedPods(store);
    then(store);
    const end = ended.of(key, "u1");
    assert.equal(end === undefined ? "lives" : end.pod === undefined ? "gone" : "ending", want);
  });
}

Deno.test("EndedPods remembers the latest thousands only", () => {
  const store = new Store<Pod>({ log: silentLog });
  const ended = new EndedPods(store);
  for (let i = 0; i < 5000; i++) (store.put(pod(`n${i}`)), store.remove(pod(`n${i}`)));
  assert.equal(ended.of(key, "n0"), undefined);
  assert.deepEqual(ended.of(key, "n4999"), { pod: undefined });
});
