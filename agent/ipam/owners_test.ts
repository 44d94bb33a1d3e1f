import assert from "node:assert/strict";
import type { Pod } from "../../crd/core/mod.ts";
import type { OwnerReference, PartialObjectMetadata } from "../../crd/kube/contract.ts";
import { KubeApiError, KubeConnectionError } from "../../crd/kube/errors.ts";
import { TopControllers } from "./owners.ts";

const { signal } = new AbortController();

function controller(kind: string, name: string, apiVersion = "apps/v1"): OwnerReference {
  return { apiVersion, kind, name, uid: `${kind}-${name}`, controller: true };
}

function podOf(owner?: OwnerReference): Pod {
  const metadata = { name: "p", namespace: "ns1", uid: "U1", ...(owner && { ownerReferences: [owner] }) };
  return { apiVersion: "v1", kind: "Pod", metadata, spec: {} };
}

/** Readers over objects by `Kind/name`, and what was read. */
function readers(objects: Record<string, { uid: string; owner?: OwnerReference }>) {
  const reads: string[] = [];
  function reader(kind: string) {
    return {
      getMetadata({ name }: { name: string }): Promise<PartialObjectMetadata> {
        reads.push(`${kind}/${name}`);
        const object = objects[`${kind}/${name}`];
        if (object === undefined) {
          return Promise.reject(new KubeApiError({ status: 404, reason: "NotFound", message: "gone", request: "GET" }));
        }
        const { uid, owner } = object;
        const metadata = { name, namespace: "ns1", uid, ...(owner && { ownerReferences: [owner] }) };
        return Promise.resolve({ apiVersion: "meta.k8s.io/v1", kind: "PartialObjectMetadata", metadata });
      },
    };
  }
  return { owners: new TopControllers({ replicaSets: reader("ReplicaSet"), jobs: reader("Job") }), reads };
}

const webSet = controller("ReplicaSet", "web-1");
const web = { "ReplicaSet/web-1": { uid: webSet.uid, owner: controller("Deployment", "web") } };
const nightly = controller("Job", "nightly-1", "batch/v1");

const cases = [
  { name: "a bare Pod is its own", pod: podOf(), objects: {}, want: "Pod p", reads: [] },
  {
    name: "a StatefulSet's",
    pod: podOf(controller("StatefulSet", "db")),
    objects: {},
    want: "StatefulSet db",
    reads: [],
  },
  { name: "a Deployment's", pod: podOf(webSet), objects: web, want: "Deployment web", reads: ["ReplicaSet/web-1"] },
  {
    name: "a ReplicaSet of its own",
    pod: podOf(webSet),
    objects: { "ReplicaSet/web-1": { uid: webSet.uid } },
    want: "ReplicaSet web-1",
    reads: ["ReplicaSet/web-1"],
  },
  {
    name: "a CronJob's",
    pod: podOf(nightly),
    objects: { "Job/nightly-1": { uid: nightly.uid, owner: controller("CronJob", "nightly", "batch/v1") } },
    want: "CronJob nightly",
    reads: ["Job/nightly-1"],
  },
  { name: "a static Pod's node", pod: podOf(controller("Node", "n1", "v1")), objects: {}, want: "Node n1", reads: [] },
];
for (const { name, pod, objects, want, reads } of cases) {
  Deno.test(`TopControllers.of(): ${name}`, async () => {
    const { owners, reads: done } = readers(objects);
    const { kind, name, namespace } = await owners.of(pod, signal);
    assert.deepEqual([`${kind} ${name}`, namespace, done], [want, "ns1", reads]);
  });
}

Deno.test("TopControllers.of() reads each ReplicaSet once", async () => {
  const { owners, reads } = readers(web);
  for (let i = 0; i < 3; i++) await owners.of(podOf(webSet), signal);
  assert.deepEqual(reads, ["ReplicaSet/web-1"]);
});

const gone = [
  { name: "it does not exist", objects: {} },
  { name: "another one has its name", objects: { "ReplicaSet/web-1": { uid: "another" } } },
];
for (const { name, objects } of gone) {
  Deno.test(`TopControllers.of() fails for a ReplicaSet that is gone, and asks again next time: ${name}`, async () => {
    const { owners, reads } = readers(objects);
    for (let i = 0; i < 2; i++) {
      await assert.rejects(owners.of(podOf(webSet), signal), {
        code: "owner-not-found",
        message: 'Cannot allocate addresses: ReplicaSet "ns1/web-1" that controls the Pod is gone',
      });
    }
    assert.equal(reads.length, 2);
  });
}

Deno.test("TopControllers.of() passes on what the API server says", async () => {
  const err = new KubeConnectionError("GET /x");
  const reader = { getMetadata: () => Promise.reject(err) };
  await assert.rejects(new TopControllers({ replicaSets: reader, jobs: reader }).of(podOf(webSet), signal), err);
});
