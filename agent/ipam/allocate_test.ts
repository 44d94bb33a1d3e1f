import assert from "node:assert/strict";
import { FakeClock } from "../../net/base/fake_clock.ts";
import { formatAddress, parseAddress } from "../../net/ip/mod.ts";
import type { SpiderIPPool } from "../../crd/generated/mod.ts";
import { settled } from "../../crd/kube/fake_transport.ts";
import { type ClaimOutcome, type ClaimRequest, DeadlineError, type PoolClaims } from "../../crd/ipam/requests.ts";
import { allocate, type AllocateContext, type Allocated, claimRequest, type Grant, type Need } from "./allocate.ts";
import { FreeSignal } from "./free_signal.ts";

/** Pools as lists of free addresses; `log` says what was done in which order. */
class FakeClaims implements PoolClaims {
  readonly log: string[] = [];
  readonly free: Map<string, string[]>;
  /** Answers instead of the free list, one a claim. */
  readonly scripted = new Map<string, (ClaimOutcome | Error | (() => Promise<ClaimOutcome>))[]>();

  constructor(free: Record<string, string[]>) {
    this.free = new Map(Object.entries(free));
  }

  async claim(request: ClaimRequest): Promise<ClaimOutcome> {
    this.log.push(`claim ${request.pool} for ${request.identity.nic}`);
    await Promise.resolve();
    const next = this.scripted.get(request.pool)?.shift();
    if (next instanceof Error) throw next;
    if (typeof next === "function") return await next();
    if (next !== undefined) return next;
    const text = this.free.get(request.pool)?.shift();
    return text === undefined ? used : claimed(text);
  }

  release(): never {
    throw new Error("undo does that");
  }

  quarantine(): never {
    throw new Error("nobody probed");
  }

  giveBack(pool: string, address: string): void {
    this.log.push(`undo ${pool} ${address}`);
    this.free.get(pool)!.unshift(address);
  }
}

const used: ClaimOutcome = { kind: "refused", reason: { code: "used-out" } };

function claimed(text: string): ClaimOutcome {
  return { kind: "claimed", address: parseAddress(text), existing: false };
}

function poolOf(name: string): Need["pools"][number] {
  const pool: SpiderIPPool = {
    apiVersion: "spiderpool.spidernet.io/v2beta1",
    kind: "SpiderIPPool",
    metadata: { name, uid: `uid-${name}`, generation: 3 },
  };
  return { name, pool, preferences: [], position: 0 };
}

function need(family: 4 | 6, pools: readonly string[], changes: Partial<Need> = {}): Need {
  const rest = { nic: "eth0", source: "cni-config", cleanGateway: false, unused: [] } as const;
  return { ...rest, family, pools: pools.map(poolOf), ...changes };
}

function setUp(free: Record<string, string[]>, changes: Partial<AllocateContext> = {}) {
  const claims = new FakeClaims(free);
  const clock = new FakeClock(10_000);
  const freed = new FreeSignal({ clock, random: () => 0.5 });
  const stop = new AbortController();
  const context: AllocateContext = {
    claims,
    freed,
    clock,
    owner: { pod: "ns1/p", podUid: "U1", node: "n1" },
    held: new Map(),
    deadlineMs: 40_000,
    signal: stop.signal,
    waitMs: 1000,
    confirmPod: () => Promise.resolve(),
    onLeftovers() {},
    undo(grant: Grant) {
      claims.giveBack(grant.pool.name, formatAddress(grant.address));
      freed.notify(grant.pool.name); // as the writer does
      return Promise.resolve();
    },
    ...changes,
  };
  return { claims, clock, freed, stop, context };
}

function textOf(allocated: Allocated): string[] {
  switch (allocated.kind) {
    case "granted":
      return allocated.grants.map(({ need, pool, address }) =>
        `${need.nic} ${need.family} ${pool.name} ${formatAddress(address)}`
      );
    case "stale":
      return [`stale ${allocated.pools}`];
    case "refused":
      return allocated.refusals.map(({ nic, family, reasons }) =>
        `refused ${nic} ${family}: ${reasons.map(({ pool, reason }) => `${pool} ${reason.code}`).join(", ")}`
      );
    default:
      return allocated satisfies never;
  }
}

/** Free addresses per pool afterwards: what is not in use. */
function left(claims: FakeClaims): Record<string, string[]> {
  return Object.fromEntries(claims.free);
}

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
