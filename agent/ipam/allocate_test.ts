import assert from "node:assert/strict";
import { parseAddress } from "../../net/ip/mod.ts";
import { settled } from "../../crd/kube/fake_transport.ts";
import { type ClaimOutcome, DeadlineError } from "../../crd/ipam/requests.ts";
import { allocate } from "./allocate.ts";
import { claimed, left, need, poolOf, setUp, textOf, used } from "./allocate_fixture.ts";
import { claimRequest } from "./claim_request.ts";

const dual = [need(4, ["v4a"]), need(6, ["v6a"])];

Deno.test("allocate() claims all needs in parallel and answers in their order", async () => {
  const { claims, context } = setUp({ v4a: ["10.1.0.10"], v6a: ["fd00::10"] });
  const allocated = await allocate(dual, context);
  assert.deepEqual(textOf(allocated), ["eth0 4 v4a 10.1.0.10", "eth0 6 v6a fd00::10"]);
  assert.deepEqual(claims.log, ["claim v4a for eth0", "claim v6a for eth0"]);
});

Deno.test("allocate() walks the pools of a need in their order, only after refusals (row 39)", async () => {
  const { claims, context } = setUp({ v4a: [], v4b: ["10.2.0.10"] });
  assert.deepEqual(textOf(await allocate([need(4, ["v4a", "v4b"])], context)), ["eth0 4 v4b 10.2.0.10"]);
  assert.deepEqual(claims.log, ["claim v4a for eth0", "claim v4b for eth0"]);
});

Deno.test("allocate() asks with the pool's generation and UID, the attachment and what its other NICs hold", () => {
  const held = new Map([["eth0", ["10.1.0.10"]], ["net1", ["10.1.0.11"]]]);
  const { context } = setUp({}, { held });
  const want = parseAddress("10.1.0.10");
  assert.deepEqual(claimRequest(need(4, ["v4a"], { want, formerUid: "U0" }), poolOf("v4a"), context), {
    kind: "claim",
    pool: "v4a",
    generation: 3,
    poolUid: "uid-v4a",
    identity: { pod: "ns1/p", podUid: "U1", node: "n1", nic: "eth0" },
    otherNics: ["10.1.0.11"],
    want,
    formerUid: "U0",
  });
});

Deno.test("allocate() gives back what it got when another need is refused, and tries once more in pool-name order", async () => {
  const { claims, context, clock } = setUp({ v4b: ["10.2.0.10"], v4a: [] }, { waitMs: 0 });
  const needs = [need(4, ["v4b"], { nic: "eth0" }), need(4, ["v4a"], { nic: "net1" })];
  assert.deepEqual(textOf(await allocate(needs, context)), ["refused net1 4: v4a used-out"]);
  assert.deepEqual(claims.log, [
    "claim v4b for eth0",
    "claim v4a for net1",
    "undo v4b 10.2.0.10",
    "claim v4a for net1", // now one after the other: v4b is not even asked
  ]);
  assert.deepEqual([left(claims), clock.next()], [{ v4b: ["10.2.0.10"], v4a: [] }, undefined]);
});

Deno.test("allocate() answers in the order of the tries when the second one succeeds", async () => {
  const { claims, context } = setUp({ v4b: ["10.2.0.10"], v4a: ["10.1.0.10"] });
  claims.scripted.set("v4a", [used]);
  const needs = [need(4, ["v4b"], { nic: "eth0" }), need(4, ["v4a"], { nic: "net1" })];
  assert.deepEqual(textOf(await allocate(needs, context)).sort(), ["eth0 4 v4b 10.2.0.10", "net1 4 v4a 10.1.0.10"]);
});

Deno.test("allocate() waits for a free address and holds nothing meanwhile", async () => {
  const { claims, context, clock, freed } = setUp({ v4a: ["10.1.0.10"], v6a: [] });
  const allocated = allocate(dual, context);
  await settled();
  assert.deepEqual([left(claims), clock.next()], [{ v4a: ["10.1.0.10"], v6a: [] }, 11_000]);
  clock.advance(400);
  claims.free.set("v6a", ["fd00::10"]);
  freed.notify("v6a");
  assert.deepEqual(textOf(await allocated).sort(), ["eth0 4 v4a 10.1.0.10", "eth0 6 v6a fd00::10"]);
  assert.equal(clock.next(), undefined);
});

Deno.test("allocate() is not woken by what it gives back itself", async () => {
  const { claims, context, clock } = setUp({ v4a: ["10.1.0.10"], v6a: [] });
  const allocated = allocate(dual, context);
  await settled();
  const claimsBefore = claims.log.length;
  await settled();
  assert.equal(claims.log.length, claimsBefore);
  clock.advance(1000);
  assert.deepEqual(textOf(await allocated), ["refused eth0 6: v6a used-out"]);
});

Deno.test("allocate() waits no longer than the configured time, however often it is woken in vain", async () => {
  const { claims, context, clock, freed } = setUp({ v4a: [] });
  const allocated = allocate([need(4, ["v4a"])], context);
  for (let i = 0; i < 9; i++) {
    await settled();
    clock.advance(100);
    freed.notify("v4a"); // somebody else took it
  }
  await settled();
  assert.equal(clock.next(), 11_000);
  clock.advance(100);
  assert.deepEqual(textOf(await allocated), ["refused eth0 4: v4a used-out"]);
  assert.deepEqual([claims.log.length, clock.now()], [10, 11_000]);
});

Deno.test("allocate() sees what was freed between its look and its wait", async () => {
  const { claims, context, freed, clock } = setUp({ v4a: [] });
  claims.scripted.set("v4a", [() => {
    freed.notify("v4a");
    claims.free.set("v4a", ["10.1.0.10"]);
    return Promise.resolve(used);
  }]);
  assert.deepEqual(textOf(await allocate([need(4, ["v4a"])], context)), ["eth0 4 v4a 10.1.0.10"]);
  assert.equal(clock.now(), 10_000);
});

Deno.test("allocate() does not wait beyond the deadline", async () => {
  const { context, clock } = setUp({ v4a: [] }, { deadlineMs: 10_300 });
  const allocated = allocate([need(4, ["v4a"])], context);
  await settled();
  assert.equal(clock.next(), 10_300);
  clock.advance(300);
  assert.equal((await allocated).kind, "refused");
});

Deno.test("allocate() does not wait for pools that are refused for another reason", async () => {
  const { claims, context, clock } = setUp({ v4a: [] });
  claims.scripted.set("v4a", [{ kind: "refused", reason: { code: "disabled" } }]);
  assert.deepEqual(textOf(await allocate([need(4, ["v4a"])], context)), ["refused eth0 4: v4a disabled"]);
  assert.deepEqual([clock.next(), claims.log.length], [undefined, 1]);
});

Deno.test("allocate() lists the reason of every pool: those set aside before, then those that were tried (row 40)", async () => {
  const { context } = setUp({ v4a: [], v4b: [] }, { waitMs: 0 });
  const unused = [{ pool: "v4c", nic: "eth0", family: 4, reason: { code: "disabled" } }] as const;
  assert.deepEqual(textOf(await allocate([need(4, ["v4a", "v4b"], { unused })], context)), [
    "refused eth0 4: v4c disabled, v4a used-out, v4b used-out",
  ]);
});

Deno.test("allocate() gives back what it got when a spec changed meanwhile", async () => {
  const { claims, context } = setUp({ v4a: ["10.1.0.10"], v6a: [] });
  claims.scripted.set("v6a", [{ kind: "stale" }]);
  assert.deepEqual(textOf(await allocate(dual, context)), ["stale v6a"]);
  assert.deepEqual(left(claims), { v4a: ["10.1.0.10"], v6a: [] });
});

Deno.test("allocate() gives back what it got when a claim fails, and waits for the other claims first", async () => {
  const { claims, context } = setUp({ v4a: [], v6a: [] });
  const slow = Promise.withResolvers<ClaimOutcome>();
  claims.scripted.set("v4a", [() => slow.promise]);
  claims.scripted.set("v6a", [new DeadlineError("v6a")]);
  const allocated = allocate(dual, context);
  allocated.catch(() => undefined);
  await settled();
  slow.resolve(claimed("10.1.0.10"));
  await assert.rejects(allocated, {
    name: "DeadlineError",
    message: 'Cannot write IPPool "v6a" in time: exhaust all retries',
  });
  assert.deepEqual(left(claims), { v4a: ["10.1.0.10"], v6a: [] });
});

Deno.test("allocate() gives back what it got for a caller that has gone", async () => {
  const { claims, context, stop } = setUp({ v4a: [] });
  const slow = Promise.withResolvers<ClaimOutcome>();
  claims.scripted.set("v4a", [() => slow.promise]);
  const allocated = allocate([need(4, ["v4a"])], context);
  allocated.catch(() => undefined);
  await settled();
  stop.abort(new Error("has gone"));
  slow.resolve(claimed("10.1.0.10"));
  await assert.rejects(allocated, /has gone/);
  assert.deepEqual(left(claims), { v4a: ["10.1.0.10"] });
});

Deno.test("allocate() stops waiting for a caller that has gone", async () => {
  const { context, stop, clock } = setUp({ v4a: [] });
  const allocated = allocate([need(4, ["v4a"])], context);
  allocated.catch(() => undefined);
  await settled();
  stop.abort(new Error("has gone"));
  await assert.rejects(allocated, /has gone/);
  assert.equal(clock.next(), undefined);
});
