/** What {@linkcode allocate} does for several NICs on one pool. */
import assert from "node:assert/strict";
import { parseAddress } from "../../net/ip/mod.ts";
import { settled } from "../../crd/kube/fake_transport.ts";
import { DeadlineError } from "../../crd/ipam/requests.ts";
import { allocate } from "./allocate.ts";
import { claimed, left, need, setUp, textOf, used } from "./allocate_fixture.ts";

const bothOnOne = [need(4, ["v4a"]), need(4, ["v4a"], { nic: "net1" })];

Deno.test("allocate() claims again for the second of two NICs that were given one record", async () => {
  const { claims, context } = setUp({ v4a: ["10.1.0.12"] });
  claims.scripted.set("v4a", [claimed("10.1.0.11"), claimed("10.1.0.11")]);
  const allocated = await allocate(bothOnOne, context);
  assert.deepEqual(textOf(allocated), ["eth0 4 v4a 10.1.0.11", "net1 4 v4a 10.1.0.12"]);
  assert.deepEqual(claims.others, ["eth0: ", "net1: ", "net1: 10.1.0.11"]);
  assert.deepEqual([claims.log.length, left(claims)], [3, { v4a: [] }], "nothing is given back");
});

Deno.test("allocate() gives back one record that two NICs were given when there is no second address", async () => {
  const { claims, context } = setUp({ v4a: [] }, { waitMs: 0 });
  claims.scripted.set("v4a", [claimed("10.1.0.11"), claimed("10.1.0.11")]);
  assert.deepEqual(textOf(await allocate(bothOnOne, context)), ["refused net1 4: v4a used-out"]);
  assert.deepEqual(left(claims), { v4a: ["10.1.0.11"] });
});

Deno.test("allocate() gives back what it got when the second claim of a NIC fails", async () => {
  const { claims, context } = setUp({ v4a: [] });
  claims.scripted.set("v4a", [claimed("10.1.0.11"), claimed("10.1.0.11"), new DeadlineError("v4a")]);
  await assert.rejects(allocate(bothOnOne, context), DeadlineError);
  assert.deepEqual(left(claims), { v4a: ["10.1.0.11"] });
});

Deno.test("allocate() tells a claim what was granted before it to other NICs", async () => {
  const { claims, context } = setUp({ v4a: ["10.1.0.10", "10.1.0.11"] }, { held: new Map([["net2", ["10.1.0.9"]]]) });
  claims.scripted.set("v4a", [used, used]);
  await allocate(bothOnOne, context);
  assert.deepEqual(claims.others.slice(2), ["eth0: 10.1.0.9", "net1: 10.1.0.9 10.1.0.10"]);
});

Deno.test("allocate() tells a claim what other NICs want to have again", async () => {
  const { claims, context } = setUp({ v4a: ["10.1.0.10", "10.1.0.11"] });
  const want = parseAddress("10.1.0.11");
  await allocate([need(4, ["v4a"]), need(4, ["v4a"], { nic: "net1", want, formerUid: "U0" })], context);
  assert.deepEqual(claims.others, ["eth0: 10.1.0.11", "net1: "]);
});

Deno.test("allocate() is not woken by what it gives back itself to a pool of two NICs", async () => {
  const { claims, context, clock } = setUp({ v4a: ["10.1.0.10"] });
  const allocated = allocate(bothOnOne, context);
  for (let i = 0; i < 5; i++) await settled();
  assert.equal(clock.next(), 11_000, "it waits");
  assert.equal(claims.log.filter((line) => line.startsWith("claim")).length, 4);
  clock.advance(1000);
  assert.deepEqual(textOf(await allocated), ["refused net1 4: v4a used-out"]);
  assert.deepEqual(left(claims), { v4a: ["10.1.0.10"] });
});
