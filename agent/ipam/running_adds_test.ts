import assert from "node:assert/strict";
import { settled } from "../../crd/kube/fake_transport.ts";
import { type AttachmentRequest, RunningAdds } from "./running_adds.ts";

const never = new AbortController().signal;

function request(changes: Partial<AttachmentRequest> = {}): AttachmentRequest {
  return { podNamespace: "ns1", podName: "p", podUID: "U1", containerID: "c1", ifName: "eth0", ...changes };
}

/** An ADD that holds something until it is aborted, and then takes a while to give it back. */
function slowAdd(running: RunningAdds, log: string[], add = request()) {
  const gaveBack = Promise.withResolvers<void>();
  const done = running.add(add, async (signal) => {
    log.push("ADD holds");
    await new Promise((resolve) => signal.addEventListener("abort", resolve));
    await gaveBack.promise;
    log.push("ADD gave back");
    signal.throwIfAborted();
  }, { signal: never });
  done.catch(() => undefined);
  return { done, gaveBack };
}

Deno.test("RunningAdds.del() cancels the running ADD of its attachment and waits until that has given back", async () => {
  const running = new RunningAdds();
  const log: string[] = [];
  const { done, gaveBack } = slowAdd(running, log);
  await settled();
  const del = running.del(request(), () => Promise.resolve(void log.push("DEL frees")), { signal: never });
  await settled();
  assert.deepEqual(log, ["ADD holds"]);
  gaveBack.resolve();
  await del;
  assert.deepEqual(log, ["ADD holds", "ADD gave back", "DEL frees"]);
  await assert.rejects(done, {
    name: "CancelledByDelError",
    message: 'Cannot finish ADD of "eth0" of Pod "ns1/p": a DEL of the same attachment arrived',
  });
});

Deno.test("RunningAdds.del() cancels an ADD that still waits for its turn", async () => {
  const running = new RunningAdds();
  const log: string[] = [];
  const first = Promise.withResolvers<void>();
  const other = running.add(request({ ifName: "net1" }), () => first.promise, { signal: never });
  const waiting = running.add(request(), () => Promise.resolve(void log.push("ADD")), { signal: never });
  const del = running.del(request(), () => Promise.resolve(void log.push("DEL")), { signal: never });
  await assert.rejects(waiting, { name: "CancelledByDelError" });
  first.resolve();
  await Promise.all([other, del]);
  assert.deepEqual(log, ["DEL"]);
});

const others = [
  { name: "an older container", del: request({ containerID: "c0" }) },
  { name: "another NIC", del: request({ ifName: "net1" }) },
];
for (const { name, del } of others) {
  Deno.test(`RunningAdds.del() of ${name} lets the ADD end and then has its turn`, async () => {
    const running = new RunningAdds();
    const log: string[] = [];
    const added = Promise.withResolvers<void>();
    const add = running.add(request(), async (signal) => {
      await added.promise;
      log.push(signal.aborted ? "ADD cancelled" : "ADD done");
    }, { signal: never });
    const deleted = running.del(del, () => Promise.resolve(void log.push("DEL")), { signal: never });
    added.resolve();
    await Promise.all([add, deleted]);
    assert.deepEqual(log, ["ADD done", "DEL"]);
  });
}

Deno.test("RunningAdds.del() of another Pod neither cancels nor waits", async () => {
  const running = new RunningAdds();
  const log: string[] = [];
  const { done, gaveBack } = slowAdd(running, log);
  await settled();
  await running.del(request({ podName: "q" }), () => Promise.resolve(void log.push("DEL")), { signal: never });
  assert.deepEqual(log, ["ADD holds", "DEL"]);
  await running.del(request({ podNamespace: "ns2" }), () => Promise.resolve(), { signal: never });
  assert.equal(running.isBusy(request()), true);
  gaveBack.resolve();
  const own = running.del(request(), () => Promise.resolve(), { signal: never });
  await assert.rejects(done);
  await own;
});

Deno.test("RunningAdds.add() lets the NICs of one Pod take turns, and Pods run at once", async () => {
  const running = new RunningAdds();
  const log: string[] = [];
  const ends = new Map<string, () => void>();
  function start(add: AttachmentRequest): Promise<void> {
    const name = `${add.podName}/${add.ifName}`;
    return running.add(add, () => {
      log.push(name);
      return new Promise<void>((resolve) => ends.set(name, resolve));
    }, { signal: never });
  }
  const all = [request(), request({ ifName: "net1" }), request({ podName: "q" })].map(start);
  await settled();
  assert.deepEqual(log, ["p/eth0", "q/eth0"]);
  ends.get("p/eth0")!();
  await settled();
  assert.deepEqual(log, ["p/eth0", "q/eth0", "p/net1"]);
  for (const name of ["q/eth0", "p/net1"]) ends.get(name)!();
  await Promise.all(all);
  await settled();
  assert.equal(running.isBusy(request()), false);
});

Deno.test("RunningAdds.add() gives its task the caller's signal", async () => {
  const caller = new AbortController();
  const done = new RunningAdds().add(
    request(),
    (signal) => new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason))),
    { signal: caller.signal },
  );
  await settled();
  caller.abort(new Error("has gone"));
  await assert.rejects(done, /has gone/);
});

Deno.test("row 107: RunningAdds turns the ADD after the thousandth away, and takes the next once one has ended", async () => {
  const running = new RunningAdds();
  const podOf = (i: number) => request({ podName: `p${i}` });
  const ends = Array.from({ length: 1000 }, () => Promise.withResolvers<void>());
  const adds = ends.map(({ promise }, i) => running.add(podOf(i), () => promise, { signal: never }));
  await assert.rejects(running.add(podOf(1000), () => Promise.resolve(), { signal: never }), {
    name: "TooManyAddsError",
    message: 'Cannot allocate addresses of Pod "ns1/p1000" now: queue is full with a maximum length of 1000; ' +
      "wait until running requests of this node have ended",
  });
  await running.del(podOf(1000), () => Promise.resolve(), { signal: never }); // DELs make room
  ends[0]!.resolve();
  await adds[0];
  assert.equal(await running.add(podOf(1000), () => Promise.resolve("done"), { signal: never }), "done");
  for (const { resolve } of ends) resolve();
  await Promise.all(adds);
});
