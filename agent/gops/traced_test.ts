import assert from "node:assert/strict";
import { steadyNow } from "../../net/base/clock.ts";
import { FakeClock } from "../../net/base/fake_clock.ts";
import type { KubeResponse } from "../../crd/kube/contract.ts";
import type { IpamService } from "../api/mod.ts";
import { tracedClock, tracedIpam, tracedTransport } from "./traced.ts";
import { Waits } from "./waits.ts";

Deno.test("tracedClock() shows a sleep and where it was begun, until it ends", async () => {
  const inner = new FakeClock(5);
  const waits = new Waits();
  const clock = tracedClock(inner, waits);
  async function waitsHere(): Promise<void> {
    await clock.sleep(2000);
  }
  const slept = waitsHere();
  assert.equal(clock.now(), 5);
  const [wait] = waits.list();
  assert.equal(wait?.what, "sleep 2s");
  assert.match(wait?.origin?.stack ?? "", /^Error: sleeps here\n +at waitsHere /);
  inner.advance(2000);
  await slept;
  assert.deepEqual(waits.list(), []);
});

Deno.test("tracedClock() goes on evenly when somebody sets the clock, as the clock within does", () => {
  let offsetMs = 0;
  const inner = { now: () => 100 + offsetMs, steady: () => 100, sleep: () => Promise.resolve() };
  const clock = tracedClock(inner, new Waits());
  assert.deepEqual([clock.now(), steadyNow(clock)], [100, 100]);
  offsetMs = 3_600_000;
  assert.deepEqual([clock.now(), steadyNow(clock)], [3_600_100, 100]);
});

Deno.test("tracedClock() lets go of a sleep that is cancelled", async () => {
  const waits = new Waits();
  const stop = new AbortController();
  const slept = tracedClock(new FakeClock(), waits).sleep(2000, stop.signal);
  stop.abort(new Error("enough"));
  await assert.rejects(slept, /enough/);
  assert.deepEqual(waits.list(), []);
});

Deno.test("tracedTransport() shows a request until it is answered, and no query that may be long", async () => {
  const waits = new Waits();
  const answer = Promise.withResolvers<KubeResponse>();
  const transport = tracedTransport({ request: () => answer.promise }, waits);
  const asked = transport.request({
    method: "GET",
    path: "/api/v1/pods",
    query: { watch: "true", fieldSelector: "x" },
  });
  assert.deepEqual(waits.list().map(({ kind, what }) => [kind, what]), [["api", "GET /api/v1/pods (watch)"]]);
  const response = { status: 200, headers: new Headers(), body: null };
  answer.resolve(response);
  assert.equal(await asked, response);
  assert.deepEqual(waits.counts(), { request: 0, api: 0, timer: 0 });
});

Deno.test("tracedTransport() closes what it wraps", () => {
  let closed = 0;
  tracedTransport({ request: () => Promise.reject(new Error("unused")), close: () => void closed++ }, new Waits())
    .close();
  assert.equal(closed, 1);
});

const args = { containerID: "c1", ifName: "eth0", netNamespace: "", podNamespace: "ns", podName: "a", podUID: "u1" };
const attachment = { pod: "ns/a", podUid: "u1", containerId: "c1", ifname: "eth0" };
const calls: [what: string, fields: Record<string, string>, call: (service: IpamService) => Promise<unknown>][] = [
  ["ADD", attachment, (service) => service.add(args, signal)],
  ["DEL", attachment, (service) => service.release(args, signal)],
  ["batch DEL", attachment, (service) => service.releaseBatch(args, signal)],
  ["workloadendpoint", { pod: "ns/a" }, (service) => service.endpoint({ namespace: "ns", name: "a" }, signal)],
  ["explain", { pod: "ns/a" }, (service) => service.explain({ podNamespace: "ns", podName: "a" }, signal)],
];
const { signal } = new AbortController();
for (const [what, fields, call] of calls) {
  Deno.test(`tracedIpam() shows ${what} with its Pod while it runs`, async () => {
    const waits = new Waits();
    const end = Promise.withResolvers<never>();
    const wait = () => end.promise;
    const service = tracedIpam({ add: wait, release: wait, releaseBatch: wait, endpoint: wait, explain: wait }, waits);
    const running = call(service);
    assert.deepEqual(waits.list().map((one) => [one.kind, one.what, one.fields]), [["request", what, fields]]);
    end.reject(new Error("refused"));
    await assert.rejects(running, /refused/);
    assert.deepEqual(waits.list(), []);
  });
}
