import assert from "node:assert/strict";
import type { Pod } from "../../crd/core/mod.ts";
import type { OwnerReference } from "../../crd/kube/contract.ts";
import type { Cluster } from "./cluster.ts";
import { podObject } from "./pod_object.ts";
import { podNetworks } from "./pool_specs.ts";
import { addressesIn, type Race, recordedFor, testRace } from "./race_fixture.ts";

/** Index into `podNetworks` of how the VM is connected. */
const NETWORK = 8;

testRace("an ADD of a VM's Pod that is repeated while the VM migrates gives what both Pods share", addWhileMigrating);

/** The new Pod has re-owned the records and not yet written the endpoint when the old one's ADD is repeated. */
async function addWhileMigrating({ clock, cluster, first, second }: Race): Promise<void> {
  const vmi = await cluster.vms.start("vm-a");
  const source = await createPod(cluster, { vmi, id: 1, node: first.node });
  const had = addressesIn(await first.add(source, "c1"));

  const target = await createPod(cluster, { vmi, id: 2, node: second.node, migration: "m" });
  const gate = Promise.withResolvers<void>();
  second.transport.pause = ({ method, path }) =>
    method === "PUT" && path.endsWith("/spiderendpoints/vm-a") ? gate.promise : undefined;
  const migrating = second.add(target, "c2");
  await clock.sleep(100);
  assert.equal(recordedFor(cluster, target.metadata.uid).length, 2);

  assert.deepEqual(addressesIn(await first.add(source, "c3")), had);
  gate.resolve();
  assert.deepEqual(addressesIn(await migrating), had);
  assert.deepEqual(addressesIn(await first.add(source, "c3")), had);
}

function createPod(
  cluster: Cluster,
  { vmi, id, node, migration }: { vmi: OwnerReference; id: number; node: string; migration?: string },
): Promise<Pod> {
  const launcher = { vm: vmi.name, vmi, network: NETWORK, ...migration !== undefined && { migration } };
  const plan = { name: `${vmi.name}-${id}`, owner: "VM", network: podNetworks[NETWORK]!, launcher } as const;
  return cluster.pods.create(podObject({ ...plan, node: { name: node } }, { owners: [], id }));
}
