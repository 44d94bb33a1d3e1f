import assert from "node:assert/strict";
import type { Pod } from "../../crd/core/mod.ts";
import type { OwnerReference } from "../../crd/kube/contract.ts";
import type { Cluster } from "./cluster.ts";
import { Dice } from "./dice.ts";
import { GcActor } from "./gc_actor.ts";
import { podObject } from "./pod_object.ts";
import { podNetworks } from "./pool_specs.ts";
import { addressesIn, type Race, recordedFor, testRace } from "./race_fixture.ts";
import { Trace } from "./trace.ts";

/** Index into `podNetworks` of how the VM is connected. */
const NETWORK = 8;

testRace("an ADD of a VM's Pod that is repeated while the VM migrates gives what both Pods share", addWhileMigrating);
testRace("a DEL of a VM's Pod that has gone frees nothing while another Pod of it still runs", delAfterVainMigration);
testRace("garbage collection leaves a VM's Pod alone that is deleted while it starts", scanOfStartingPod);

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

/**
 * The Pod that a VM was to migrate to has gone, and its addresses are recorded for it still. Its DEL comes when the VM is
 * deleted already, and the Pod where the VM runs has not stopped yet.
 */
async function delAfterVainMigration({ cluster, first, second }: Race): Promise<void> {
  const vmi = await cluster.vms.start("vm-a");
  const source = await createPod(cluster, { vmi, id: 1, node: first.node });
  await first.add(source, "c1");
  const target = await createPod(cluster, { vmi, id: 2, node: second.node, migration: "m" });
  await second.add(target, "c2");
  await deletePod(cluster, target, 0);
  await cluster.vms.remove("vm-a");
  await cluster.vms.stop("vm-a");
  await deletePod(cluster, source);

  await second.del(target, "c2");
  assert.equal(recordedFor(cluster, target.metadata.uid).length, 2);

  await first.del(source, "c1");
  assert.deepEqual(recordedFor(cluster, target.metadata.uid), []);
}

/** The VM is deleted when the Pod's first NIC has its addresses and others have none: it reports no addresses yet. */
async function scanOfStartingPod({ clock, cluster, first }: Race): Promise<void> {
  const vmi = await cluster.vms.start("vm-a");
  const pod = await createPod(cluster, { vmi, id: 1, node: first.node });
  await first.add(pod, "c1");
  await cluster.vms.remove("vm-a");
  await cluster.vms.stop("vm-a");
  await deletePod(cluster, pod);

  const trace = new Trace(clock, { isKept: false });
  const gc = new GcActor({ transport: cluster.api.connect("gc"), clock, dice: new Dice(1), trace });
  await gc.scan();
  assert.equal(recordedFor(cluster, pod.metadata.uid).length, 2);
  assert.deepEqual(cluster.storedEndpoints().map(({ metadata }) => metadata.name), ["vm-a"]);

  await deletePod(cluster, pod, 0);
  await gc.scan();
  assert.deepEqual(recordedFor(cluster, pod.metadata.uid), []);
  assert.deepEqual(cluster.storedEndpoints(), []);
}

function createPod(
  cluster: Cluster,
  { vmi, id, node, migration }: { vmi: OwnerReference; id: number; node: string; migration?: string },
): Promise<Pod> {
  const launcher = { vm: vmi.name, vmi, network: NETWORK, ...migration !== undefined && { migration } };
  const plan = { name: `${vmi.name}-${id}`, owner: "VM", network: podNetworks[NETWORK]!, launcher } as const;
  return cluster.pods.create(podObject({ ...plan, node: { name: node } }, { owners: [], id }));
}

function deletePod(cluster: Cluster, { metadata: { name, uid = "" } }: Pod, graceSeconds?: number): Promise<boolean> {
  return cluster.deletePod({ name, uid }, graceSeconds);
}
