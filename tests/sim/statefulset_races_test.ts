import assert from "node:assert/strict";
import type { Pod } from "../../crd/core/mod.ts";
import { type Cluster, NAMESPACE } from "./cluster.ts";
import { addressesIn, type Race, recordedFor, testRace } from "./race_fixture.ts";

testRace("a late ADD of a StatefulSet's Pod that is gone leaves its name's addresses alone", lateAdd);
testRace("a late DEL of a name nobody wants leaves its newest Pod alone", lateDel);

/**
 * The second sandbox of db-0 is being added when the Pod goes. The next db-0 takes the records over and fails before
 * its endpoint is written. Then the first ADD goes on.
 */
async function lateAdd({ clock, cluster, first, second }: Race): Promise<void> {
  const former = await createPod(cluster, "n1");
  const had = addressesIn(await first.add(former, "c1"));

  const gate = Promise.withResolvers<void>();
  first.transport.pause = ({ method, path }) =>
    method === "GET" && path.endsWith("/spiderendpoints/db-0") ? gate.promise : undefined;
  const late = first.add(former, "c2").catch(() => undefined);
  await clock.sleep(10);
  await cluster.deletePod({ name: "db-0", uid: former.metadata.uid ?? "" }, 0);

  const next = await createPod(cluster, "n2");
  const hangUp = new AbortController();
  second.transport.pause = ({ method, path }) => {
    if (method !== "PUT" || !path.endsWith("/spiderendpoints/db-0")) return undefined;
    hangUp.abort(new Error("the caller hung up"));
    return new Promise(() => undefined);
  };
  await assert.rejects(second.add(next, "c3", hangUp.signal));
  await cluster.deletePod({ name: "db-0", uid: next.metadata.uid ?? "" }, 0);

  gate.resolve();
  await late;
  second.transport.pause = () => undefined;
  const last = await createPod(cluster, "n2");
  await clock.sleep(100);
  assert.deepEqual(addressesIn(await second.add(last, "c4")), had);
}

/**
 * The DEL of db-2 finds no Pod. Before it has asked whether the StatefulSet wants one, the next db-2 takes the records
 * over, and the StatefulSet is scaled down.
 */
async function lateDel({ clock, cluster, first, second }: Race): Promise<void> {
  const former = await createPod(cluster, "n1", "db-2");
  await first.add(former, "c1");
  await cluster.deletePod({ name: "db-2", uid: former.metadata.uid ?? "" }, 0);

  const asked = Promise.withResolvers<void>();
  first.transport.pause = ({ path }) => path.endsWith("/statefulsets/db") ? asked.promise : undefined;
  const del = first.del(former, "c1");
  await clock.sleep(10);
  const next = await createPod(cluster, "n2", "db-2");
  const freed = Promise.withResolvers<void>();
  second.transport.pause = ({ method, path }) =>
    method === "PUT" && path.endsWith("/spiderendpoints/db-2") ? freed.promise : undefined;
  const add = second.add(next, "c2");
  await clock.sleep(100);
  await cluster.scale(2);
  asked.resolve();
  await del;
  freed.resolve();

  const answered = addressesIn(await add).map((text) => text.split("/")[0]);
  assert.deepEqual(recordedFor(cluster, next.metadata.uid), answered);
}

function createPod(cluster: Cluster, nodeName: string, name = "db-0"): Promise<Pod> {
  const annotations = { "ipam.spidernet.io/ippool": JSON.stringify({ ipv4: ["a4", "c4"], ipv6: ["e6", "d6"] }) };
  const ownerReferences = [...cluster.ownerOf("StatefulSet", nodeName)];
  return cluster.pods.create({
    apiVersion: "v1",
    kind: "Pod",
    metadata: { namespace: NAMESPACE, name, annotations, ownerReferences },
    spec: { nodeName, containers: [{ name: "c", image: "i" }] },
    status: { phase: "Pending" },
  });
}
