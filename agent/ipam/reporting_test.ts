import assert from "node:assert/strict";
import { FakeClock } from "../../net/base/fake_clock.ts";
import { silentLog } from "../../net/base/log.ts";
import { seededRandom } from "../../net/base/random.ts";
import type { Pod } from "../../crd/core/mod.ts";
import type { CoreEvent } from "../../crd/kube/event_object.ts";
import { settled } from "../../crd/kube/fake_transport.ts";
import { createReporting } from "./reporting.ts";

const pod: Pod = { apiVersion: "v1", kind: "Pod", metadata: { name: "p", namespace: "ns1", uid: "U1" }, spec: {} };
const note = {
  podNamespace: "ns1",
  podName: "p",
  podUid: "U1",
  nic: "eth0",
  pool: "a",
  address: "10.0.0.1",
  mac: undefined,
  expiresMs: undefined,
};

/** What is told of a conflict where the watch knows `cached`, and the API server says `live`. */
async function toldOfConflict({ cached, live }: { cached?: Pod; live: () => Promise<Pod | undefined> }) {
  const created: CoreEvent[] = [];
  const logged: string[] = [];
  const reporting = createReporting({
    events: {
      create: (event: CoreEvent) => Promise.resolve(created.push(event)).then(() => event),
      patch: () => Promise.reject(new Error("nothing is repeated")),
    },
    view: { cachedPod: () => cached, livePod: live },
    nodeName: "n1",
    clock: new FakeClock(),
    random: seededRandom(1),
    log: { ...silentLog, warn: (message) => void logged.push(message) },
    withEvents: true,
  });
  reporting.onQuarantined(note);
  await settled();
  await settled();
  return { reasons: created.map(({ involvedObject, reason }) => `${involvedObject.uid} ${reason}`), logged };
}

const nobodyAsks = () => Promise.reject(new Error("asked the API server"));
const cases = [
  { name: "the watch knows the Pod", cached: pod, live: nobodyAsks, reasons: ["U1 IPConflict"], logged: [] },
  {
    name: "the watch has not told of the Pod yet: it is told once only",
    live: () => Promise.resolve(pod),
    reasons: ["U1 IPConflict"],
    logged: [],
  },
  { name: "the Pod is gone", live: () => Promise.resolve(undefined), reasons: [], logged: [] },
  {
    name: "the API server is away",
    live: () => Promise.reject(new Error("away")),
    reasons: [],
    logged: ["cannot tell a Pod of its address conflict"],
  },
];
for (const { name, reasons, logged, ...given } of cases) {
  Deno.test(`an address conflict becomes an Event of its Pod: ${name}`, async () => {
    assert.deepEqual(await toldOfConflict(given), { reasons, logged });
  });
}
