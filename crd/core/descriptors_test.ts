import assert from "node:assert/strict";
import * as core from "./mod.ts";

/** As `kubectl api-resources` lists them: name, API version, namespaced, Kind; then whether `/status` exists. */
const rows = [
  "pods v1 true Pod true",
  "nodes v1 false Node true",
  "namespaces v1 false Namespace true",
  "replicasets apps/v1 true ReplicaSet true",
  "deployments apps/v1 true Deployment true",
  "statefulsets apps/v1 true StatefulSet true",
  "daemonsets apps/v1 true DaemonSet true",
  "jobs batch/v1 true Job true",
  "cronjobs batch/v1 true CronJob true",
  "virtualmachines kubevirt.io/v1 true VirtualMachine true",
  "virtualmachineinstances kubevirt.io/v1 true VirtualMachineInstance false",
  "virtualmachineinstancemigrations kubevirt.io/v1 true VirtualMachineInstanceMigration true",
  "leases coordination.k8s.io/v1 true Lease false",
  "endpointslices discovery.k8s.io/v1 true EndpointSlice false",
];

Deno.test("the Kinds of Kubernetes are described as the API serves them", () => {
  const found = Object.values(core).map(({ group, version, kind, plural, namespaced, hasStatus }) =>
    `${plural} ${group === "" ? version : `${group}/${version}`} ${namespaced} ${kind} ${hasStatus}`
  );
  assert.deepEqual(found.sort(), rows.toSorted());
});
