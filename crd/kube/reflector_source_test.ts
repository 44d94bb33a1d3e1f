import assert from "node:assert/strict";
import { FakeClock } from "../../net/base/fake_clock.ts";
import { silentLog } from "../../net/base/log.ts";
import { resourceClient } from "./client.ts";
import type { KubeObject, PartialObjectMetadata, ResourceType } from "./contract.ts";
import { fakeTransport, jsonAnswer, OpenBody, settled } from "./fake_transport.ts";
import { Reflector } from "./reflector.ts";
import { metadataReflectorSource, reflectorSource } from "./reflector_source.ts";
import { Store } from "./store.ts";

const type: ResourceType<KubeObject> = {
  group: "",
  version: "v1",
  kind: "Pod",
  plural: "pods",
  namespaced: true,
  hasStatus: true,
};

function setUp() {
  const body = new OpenBody();
  const pod = { metadata: { name: "p", namespace: "a", resourceVersion: "1" }, spec: {} };
  const transport = fakeTransport(
    () => jsonAnswer(200, { metadata: { resourceVersion: "5" }, items: [pod] }),
    () => ({ status: 200, headers: new Headers(), body: body.stream }),
  );
  const clock = new FakeClock();
  return {
    body,
    transport,
    clock,
    client: resourceClient(transport, type, { clock }),
    controller: new AbortController(),
  };
}

Deno.test("reflectorSource() lists and watches the selected objects, over promises and the given clock alone", async () => {
  const { body, transport, clock, client, controller } = setUp();
  const store = new Store<KubeObject>({ log: silentLog });
  const source = reflectorSource(client, { fieldSelector: "spec.nodeName=n" });
  const reflector = new Reflector({ ...source, store, clock, random: () => 0, log: silentLog });
  const ended = reflector.run(controller.signal);
  await settled();
  assert.deepEqual(store.list().map(({ kind, metadata }) => `${kind} ${metadata.name}`), ["Pod p"]);
  body.send(
    JSON.stringify({ type: "ADDED", object: { metadata: { name: "q", namespace: "a", resourceVersion: "6" } } }) + "\n",
  );
  await settled();
  assert.equal(store.get("a/q")?.metadata.resourceVersion, "6");
  const [list, watch] = transport.requests;
  assert.deepEqual(list?.query, { fieldSelector: "spec.nodeName=n", limit: "500" });
  assert.equal(watch?.query?.resourceVersion, "5");
  assert.equal(watch?.query?.fieldSelector, "spec.nodeName=n");
  controller.abort();
  await ended;
  assert.notEqual(body.cancelled, undefined);
  assert.equal(clock.next(), undefined);
});

Deno.test("metadataReflectorSource() fills a store of metadata", async () => {
  const { transport, clock, client, controller } = setUp();
  const store = new Store<PartialObjectMetadata>({ log: silentLog });
  const source = metadataReflectorSource(client, { namespace: "a" });
  const reflector = new Reflector({ ...source, store, clock, random: () => 0, log: silentLog });
  const ended = reflector.run(controller.signal);
  await reflector.synced;
  await settled();
  assert.equal(store.get("a/p")?.kind, "PartialObjectMetadata");
  assert.deepEqual(transport.requests.map(({ accept }) => /as=(\w+)/.exec(accept ?? "")?.[1]), [
    "PartialObjectMetadataList",
    "PartialObjectMetadata",
  ]);
  controller.abort();
  await ended;
});
