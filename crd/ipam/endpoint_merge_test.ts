import assert from "node:assert/strict";
import { formatAddress } from "../../net/ip/mod.ts";
import { emptiedEndpoint, endpointFor, mergeEndpoint } from "./endpoint.ts";
import { db, listed, now, reborn, web, write } from "./endpoint_write_fixture.ts";

Deno.test("mergeEndpoint() appends a further NIC and keeps what others wrote", () => {
  const first = endpointFor(web, write(["eth0=v4a:10.1.0.10"], { attachments: { eth0: { containerId: "c1" } } }));
  first.metadata = {
    ...first.metadata,
    resourceVersion: "7",
    annotations: { ...first.metadata.annotations, other: "x" },
    finalizers: ["theirs"],
  };
  const merge = mergeEndpoint(
    first,
    web,
    write(["net1=v4b:10.2.0.10"], { attachments: { eth0: { containerId: "c2" }, net1: { containerId: "c2" } } }),
  );
  assert.equal(merge.changed, true);
  assert.deepEqual(merge.dropped, []);
  assert.deepEqual(listed(merge.endpoint), ["eth0 10.1.0.10", "net1 10.2.0.10"]);
  assert.deepEqual(merge.endpoint.metadata.annotations, {
    other: "x",
    "ipam.spidernet.io/attachments":
      '{"eth0":{"containerId":"c2","former":["c1"]},"net1":{"containerId":"c2","former":["c1"]}}',
  });
  assert.deepEqual(merge.endpoint.metadata.finalizers, ["theirs", "spiderpool.spidernet.io"]);
  assert.equal(merge.endpoint.metadata.resourceVersion, "7");
});

Deno.test("mergeEndpoint() forgets the container of a NIC that the last ADD does not speak of", () => {
  const containers = { eth0: { containerId: "c1" }, net1: { containerId: "c1" } };
  const both = ["eth0=v4a:10.1.0.10", "net1=v4b:10.2.0.10"];
  const first = endpointFor(web, write(both, { attachments: containers }));
  const second = write(["net1=v4b:10.2.0.10"], { attachments: { net1: { containerId: "c2" } } });
  const { annotations } = mergeEndpoint(first, web, second).endpoint.metadata;
  assert.equal(annotations?.["ipam.spidernet.io/attachments"], '{"net1":{"containerId":"c2","former":["c1"]}}');
});

Deno.test("mergeEndpoint() drops NICs that go", () => {
  const first = endpointFor(db, write(["eth0=v4a:10.1.0.10", "net1=v4b:10.2.0.10"]));
  const merge = mergeEndpoint(first, db, write(["eth0=v4a:10.1.0.10"], { removed: ["net1"] }));
  assert.deepEqual(listed(merge.endpoint), ["eth0 10.1.0.10"]);
  assert.deepEqual(merge.dropped.map(({ nic }) => nic), ["net1"]);
});

Deno.test("mergeEndpoint() changes nothing when nothing changed, whatever the order of keys", () => {
  const stored = endpointFor(web, write(["eth0=v4a:10.1.0.10"]));
  const [entry] = stored.status!.current.ips;
  stored.status!.current.ips = [Object.fromEntries(Object.entries(entry!).reverse()) as typeof entry & object];
  const merge = mergeEndpoint(stored, web, write(["eth0=v4a:10.1.0.10"]));
  assert.equal(merge.changed, false);
  assert.equal(merge.endpoint, stored);
});

Deno.test("mergeEndpoint() replaces a NIC whose address changed, in its place, and notes the history", () => {
  const stored = endpointFor(web, write(["eth0=v4a:10.1.0.10", "net1=v4b:10.2.0.10"], { nicOrder: ["eth0", "net1"] }));
  const { endpoint, dropped } = mergeEndpoint(stored, web, write(["eth0=v4a:10.1.0.11"]));
  assert.deepEqual(listed(endpoint), ["eth0 10.1.0.11", "net1 10.2.0.10"]);
  assert.deepEqual(dropped.map(({ address, pool }) => `${formatAddress(address)} ${pool}`), ["10.1.0.10 v4a"]);
  assert.deepEqual(JSON.parse(endpoint.metadata.annotations!["ipam.spidernet.io/history"]!), [{
    uid: "U1",
    node: "n1",
    ips: [
      { interface: "eth0", ipv4: "10.1.0.10/24", ipv4Pool: "v4a" },
      { interface: "net1", ipv4: "10.2.0.10/24", ipv4Pool: "v4b" },
    ],
    until: now,
  }]);
});

Deno.test("mergeEndpoint() drops another incarnation's entries of a Pod without fixed addresses (ipam row 71)", () => {
  const stored = endpointFor(web, write(["eth0=v4a:10.1.0.10", "net1=v4b:10.2.0.10"]));
  const { endpoint, dropped } = mergeEndpoint(stored, reborn(web, "U2"), write(["eth0=v4a:10.1.0.11"]));
  assert.deepEqual(listed(endpoint), ["eth0 10.1.0.11"]);
  assert.equal(dropped.length, 2);
  assert.deepEqual([endpoint.status?.current.uid, endpoint.status?.current.node], ["U2", "n2"]);
  assert.deepEqual(endpoint.metadata.ownerReferences, [{ apiVersion: "v1", kind: "Pod", name: "p", uid: "U2" }]);
});

Deno.test("mergeEndpoint() adopts a StatefulSet's endpoint: other NICs stay, the UID is new (ipam rows 74, 81)", () => {
  const stored = endpointFor(db, write(["eth0=v4a:10.1.0.10", "net1=v4b:10.2.0.10"]));
  const kept = mergeEndpoint(stored, reborn(db, "U2"), write(["eth0=v4a:10.1.0.10"]));
  assert.deepEqual([listed(kept.endpoint), kept.dropped], [["eth0 10.1.0.10", "net1 10.2.0.10"], []]);
  assert.equal(kept.endpoint.status?.current.uid, "U2");
  assert.equal(kept.endpoint.metadata.ownerReferences, undefined);
  const empty = emptiedEndpoint(stored, { now, maxHistory: 3 });
  assert.deepEqual(listed(mergeEndpoint(empty, reborn(db, "U2"), write(["eth0=v4a:10.1.0.11"])).endpoint), [
    "eth0 10.1.0.11",
  ]);
});

Deno.test("mergeEndpoint() keeps the newest of the history", () => {
  let endpoint = endpointFor(web, write(["eth0=v4a:10.1.0.10"]));
  for (const uid of ["U2", "U3", "U4", "U5", "U6"]) {
    ({ endpoint } = mergeEndpoint(endpoint, reborn(web, uid), write(["eth0=v4a:10.1.0.11"])));
  }
  const history = JSON.parse(endpoint.metadata.annotations!["ipam.spidernet.io/history"]!);
  assert.deepEqual(history.map(({ uid }: { uid: string }) => uid), ["U5", "U4", "U3"]);
  const none = mergeEndpoint(endpoint, reborn(web, "U7"), write(["eth0=v4a:10.1.0.11"], { maxHistory: 0 })).endpoint;
  assert.equal(none.metadata.annotations, undefined);
});
