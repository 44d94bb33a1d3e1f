import assert from "node:assert/strict";
import type { OwnerReference } from "../kube/contract.ts";
import { podOf } from "./plan_fixture.ts";
import { isThirdParty, splitApiVersion, topControllerAbove, topControllerStep } from "./top_controller.ts";

function owner(apiVersion: string, kind: string, name: string): OwnerReference {
  return { apiVersion, kind, name, uid: `uid-${name}`, controller: true };
}

function ownedBy(...ownerReferences: OwnerReference[]): ReturnType<typeof podOf> {
  const pod = podOf();
  return { ...pod, metadata: { ...pod.metadata, ownerReferences } };
}

for (
  const { name, pod, want } of [
    { name: "nobody", pod: podOf(), want: "found v1 Pod p U1" },
    {
      name: "an owner that does not control",
      pod: ownedBy({ ...owner("v1", "Node", "n"), controller: false }),
      want: "found v1 Pod p U1",
    },
    {
      name: "StatefulSet",
      pod: ownedBy(owner("apps/v1", "StatefulSet", "db")),
      want: "found apps/v1 StatefulSet db uid-db",
    },
    { name: "DaemonSet", pod: ownedBy(owner("apps/v1", "DaemonSet", "ds")), want: "found apps/v1 DaemonSet ds uid-ds" },
    { name: "Node (static Pod)", pod: ownedBy(owner("v1", "Node", "n1")), want: "found v1 Node n1 uid-n1" },
    {
      name: "third party",
      pod: ownedBy(owner("apps.kruise.io/v1", "ReplicaSet", "c")),
      want: "found apps.kruise.io/v1 ReplicaSet c uid-c",
    },
    {
      name: "ReplicaSet",
      pod: ownedBy(owner("apps/v1", "ReplicaSet", "rs")),
      want: "read apps/v1 ReplicaSet rs uid-rs",
    },
    { name: "Job", pod: ownedBy(owner("batch/v1", "Job", "j")), want: "read batch/v1 Job j uid-j" },
  ]
) {
  Deno.test(`topControllerStep() of a Pod controlled by: ${name}`, () => {
    const step = topControllerStep(pod);
    const { apiVersion, kind, namespace, name, uid } = step.kind === "found" ? step.controller : step.object;
    assert.equal(namespace, "ns1");
    assert.equal(`${step.kind} ${apiVersion} ${kind} ${name} ${uid}`, want);
  });
}

const replicaSet = { apiVersion: "apps/v1", kind: "ReplicaSet", namespace: "ns1", name: "rs", uid: "uid-rs" };
const job = { apiVersion: "batch/v1", kind: "Job", namespace: "ns1", name: "j", uid: "uid-j" };
for (
  const { name, object, uid, owners, want } of [
    { name: "Deployment", object: replicaSet, owners: [owner("apps/v1", "Deployment", "web")], want: "Deployment web" },
    { name: "CronJob", object: job, owners: [owner("batch/v1", "CronJob", "cj")], want: "CronJob cj" },
    { name: "nobody", object: replicaSet, owners: [], want: "ReplicaSet rs" },
    {
      name: "a foreign Deployment",
      object: replicaSet,
      owners: [owner("x.io/v1", "Deployment", "web")],
      want: "ReplicaSet rs",
    },
    { name: "a Deployment above a Job", object: job, owners: [owner("apps/v1", "Deployment", "web")], want: "Job j" },
    { name: "another object of that name", object: job, uid: "other", owners: [], want: undefined },
  ]
) {
  Deno.test(`topControllerAbove() finds: ${name}`, () => {
    const found = topControllerAbove(object, {
      metadata: { name: object.name, uid: uid ?? object.uid, ownerReferences: owners },
    });
    assert.equal(found && `${found.kind} ${found.name}`, want);
  });
}

Deno.test("isThirdParty() and splitApiVersion() know the core group", () => {
  assert.deepEqual(
    [["v1", "Pod"], ["apps/v1", "Deployment"], ["v1", "Node"], ["x.io/v1", "Job"]].map(([apiVersion = "", kind = ""]) =>
      isThirdParty({ apiVersion, kind })
    ),
    [false, false, true, true],
  );
  assert.deepEqual(splitApiVersion("v1"), { group: "", version: "v1" });
  assert.deepEqual(splitApiVersion("apps/v1"), { group: "apps", version: "v1" });
});
