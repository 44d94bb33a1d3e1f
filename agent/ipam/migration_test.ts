import assert from "node:assert/strict";
import type { Pod } from "../../crd/core/mod.ts";
import { KubeApiError } from "../../crd/kube/errors.ts";
import { isMigrationTarget, type MigrationReads } from "./migration.ts";

const { signal } = new AbortController();
const vmi = { apiVersion: "kubevirt.io/v1", kind: "VirtualMachineInstance", namespace: "ns1", name: "vm1", uid: "I1" };

function pod(annotations: Record<string, string>): Pod {
  return { apiVersion: "v1", kind: "Pod", metadata: { name: "l1", namespace: "ns1", annotations }, spec: {} };
}

function answering(status: number): MigrationReads {
  const err = new KubeApiError({ status, reason: "x", message: "x", request: "get virtualmachineinstancemigrations" });
  return { reads: { virtualMachineInstanceMigrations: { tryGet: () => Promise.reject(err) } } };
}

const migrating = pod({ "kubevirt.io/migrationJobName": "m1" });
const features = { enableStatefulSet: true, enableKubevirt: true };

Deno.test("isMigrationTarget() believes the Pod where the agent may not read migrations", async () => {
  assert.equal(await isMigrationTarget(answering(403), { pod: migrating, topController: vmi, features }, signal), true);
});

Deno.test("isMigrationTarget() fails when the migration cannot be read", async () => {
  const owner = { pod: migrating, topController: vmi, features };
  await assert.rejects(isMigrationTarget(answering(500), owner, signal), KubeApiError);
});

Deno.test("isMigrationTarget() asks for nothing where nobody migrates", async () => {
  const plain = { pod: pod({}), topController: vmi, features };
  const off = { pod: migrating, topController: vmi, features: { ...features, enableKubevirt: false } };
  for (const owner of [plain, off]) assert.equal(await isMigrationTarget(answering(500), owner, signal), false);
});
