import assert from "node:assert/strict";
import { silentLog } from "../../net/base/log.ts";
import type { Pod } from "../../crd/core/mod.ts";
import { Store } from "../../crd/kube/store.ts";
import { FreshPods } from "./fresh_pods.ts";

function pod(name: string, uid = `uid-${name}`, annotations: Record<string, string> = {}): Pod {
  const metadata = { name, namespace: "ns", uid, resourceVersion: "1", annotations };
  return { apiVersion: "v1", kind: "Pod", metadata, spec: {} };
}

const mirror = { "kubernetes.io/config.mirror": "hash", "kubernetes.io/config.hash": "hash" };

const cases: { name: string; then: (store: Store<Pod>) => void; asked: Pod; want: boolean }[] = [
  { name: "that was there at the first list", then: () => {}, asked: pod("old"), want: false },
  { name: "that came later", then: (store) => store.put(pod("new")), asked: pod("new"), want: true },
  {
    name: "that a later list shows",
    then: (store) => store.replace([pod("old"), pod("new")]),
    asked: pod("new"),
    want: true,
  },
  { name: "that only the API server knows", then: () => {}, asked: pod("unseen"), want: false },
  {
    name: "that is static",
    then: (store) => store.put(pod("etcd", "uid", mirror)),
    asked: pod("etcd", "uid", mirror),
    want: false,
  },
  {
    name: "that was replaced by one of its name in between",
    then: (store) => store.put(pod("old", "another")),
    asked: pod("old", "another"),
    want: false,
  },
  {
    name: "that has gone",
    then: (store) => (store.put(pod("new")), store.remove(pod("new"))),
    asked: pod("new"),
    want: false,
  },
];
for (const { name, then, asked, want } of cases) {
  Deno.test(`FreshPods: a Pod ${name} is ${want ? "" : "not "}fresh`, () => {
    const store = new Store<Pod>({ log: silentLog });
    const fresh = new FreshPods();
    store.replace([pod("old")]);
    fresh.follow(store);
    then(store);
    assert.equal(fresh.take(asked), want);
  });
}

Deno.test("FreshPods: a Pod is fresh for the first who asks only", () => {
  const store = new Store<Pod>({ log: silentLog });
  const fresh = new FreshPods();
  fresh.follow(store);
  store.put(pod("new"));
  assert.equal(fresh.take(pod("new")), true);
  assert.equal(fresh.take(pod("new")), false);
});

Deno.test("FreshPods: a Pod that was served before the watch showed it is not fresh", () => {
  const store = new Store<Pod>({ log: silentLog });
  const fresh = new FreshPods();
  fresh.follow(store);
  assert.equal(fresh.take(pod("early")), false);
  store.put(pod("early"));
  assert.equal(fresh.take(pod("early")), false);
});

Deno.test("FreshPods: a Pod that a stale list shows gone and back is not fresh again", () => {
  const store = new Store<Pod>({ log: silentLog });
  const fresh = new FreshPods();
  fresh.follow(store);
  store.put(pod("new"));
  assert.equal(fresh.take(pod("new")), true);
  store.replace([]);
  store.replace([pod("new")]);
  assert.equal(fresh.take(pod("new")), false);
});
