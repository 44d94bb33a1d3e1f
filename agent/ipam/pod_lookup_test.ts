import assert from "node:assert/strict";
import type { Pod } from "../../crd/core/mod.ts";
import type { ObjectMeta } from "../../crd/kube/contract.ts";
import { livePodFor, podFor } from "./pod_lookup.ts";

const { signal } = new AbortController();

function pod(uid: string, changes: Omit<Partial<Pod>, "metadata"> & { metadata?: Partial<ObjectMeta> } = {}): Pod {
  const { metadata, ...rest } = changes;
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "p", namespace: "ns1", uid, ...metadata },
    spec: { nodeName: "n1" },
    ...rest,
  };
}

const mirror = pod("M1", {
  metadata: { annotations: { "kubernetes.io/config.mirror": "h1", "kubernetes.io/config.hash": "h1" } },
});

const cases: { name: string; cached?: Pod; live?: Pod; uid: string; want: string }[] = [
  { name: "the watch knows this UID: nothing is read", cached: pod("U1"), uid: "U1", want: "cached U1" },
  { name: "the watch is behind", cached: pod("U0"), live: pod("U1"), uid: "U1", want: "live U1" },
  { name: "the watch does not know it yet (ipam row 73)", live: pod("U1"), uid: "U1", want: "live U1" },
  { name: "no UID: only the API server knows", cached: pod("U0"), live: pod("U1"), uid: "", want: "live U1" },
  { name: "a static Pod by its own UID", cached: mirror, uid: "h1", want: "cached M1" },
  { name: "a static Pod by its mirror's UID", cached: mirror, uid: "M1", want: "cached M1" },
  {
    name: "there is none",
    uid: "U1",
    want: 'pod-not-found: Cannot allocate addresses: there is no Pod "ns1/p" in the API',
  },
  {
    name: "it went, the watch is behind: the ADD is for a Pod that was",
    cached: pod("U1"),
    uid: "U1",
    want: "cached U1",
  },
  {
    name: "another Pod has the name",
    cached: pod("U1"),
    live: pod("U2"),
    uid: "U0",
    want: 'pod-uid-mismatch: Cannot allocate addresses: Pod "ns1/p" has UID "U2" by now, the runtime asks for UID "U0"',
  },
  {
    name: "a static Pod was made anew",
    live: mirror,
    uid: "h0",
    want: 'pod-uid-mismatch: Cannot allocate addresses: Pod "ns1/p" has UID "h1" by now, the runtime asks for UID "h0"',
  },
  {
    name: "it is being deleted",
    cached: pod("U1", { metadata: { deletionTimestamp: "2026-01-01T00:00:00Z" } }),
    uid: "U1",
    want: 'dead-pod: Cannot allocate addresses: Pod "ns1/p" is being deleted',
  },
  {
    name: "it succeeded (ipam row 72)",
    cached: pod("U1", { spec: { restartPolicy: "Never" }, status: { phase: "Succeeded" } }),
    uid: "U1",
    want: 'dead-pod: Cannot allocate addresses: Pod "ns1/p" has succeeded and is not restarted',
  },
];

for (const { name, cached, live, uid, want } of cases) {
  Deno.test(`podFor(): ${name}`, async () => {
    const view = { cachedPod: () => cached, livePod: () => Promise.resolve(live) };
    const args = { podNamespace: "ns1", podName: "p", podUID: uid };
    const got = await podFor(view, args, signal).then(
      (pod) => `${pod === cached ? "cached" : "live"} ${pod.metadata.uid}`,
      (err) => `${err.code}: ${err.message}`,
    );
    assert.equal(got, want);
  });
}

Deno.test("livePodFor() reads the Pod whatever the watch knows", async () => {
  const view = { livePod: () => Promise.resolve(pod("U2")) };
  const args = { podNamespace: "ns1", podName: "p", podUID: "U2" };
  assert.equal((await livePodFor(view, args, signal)).metadata.uid, "U2");
  await assert.rejects(livePodFor(view, { ...args, podUID: "U1" }, signal), { code: "pod-uid-mismatch" });
});
