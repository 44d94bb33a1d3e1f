/** Cases of {@linkcode planBatch} as rows: a pool, requests, and what comes of them. */
import assert from "node:assert/strict";
import { parseAddress } from "../../net/ip/address.ts";
import { parseRange } from "../../net/ip/range.ts";
import { AddressSet } from "../../net/ip/set.ts";
import type { SpiderIPPoolSpec } from "../generated/mod.ts";
import { planBatch, type PoolLimits } from "./batch.ts";
import { poolObject } from "./fake_pool_store.ts";
import { outcomeText } from "./outcome_fixture.ts";
import { poolViewOf } from "./pool_view.ts";
import type { ClaimRequest, PoolOutcome, PoolRequest, ReleaseRequest } from "./requests.ts";
import { claimOf } from "./writer_fixture.ts";

/** "Now" in these tests, in milliseconds since the epoch. */
export const NOW_MS = Date.parse("2026-01-01T00:00:00Z");

/** A row. */
export interface BatchCase {
  readonly name: string;
  readonly spec?: Partial<SpiderIPPoolSpec>;
  readonly metadata?: Parameters<typeof poolObject>[1];
  /** `address=uid`, `address=uid/nic`; the Pod's name is `ns/uid`. */
  readonly taken?: readonly string[];
  readonly reserved?: readonly string[];
  readonly maxRecords?: number;
  readonly maxBytes?: number;
  readonly requests: readonly PoolRequest[];
  /** Outcomes as {@linkcode outcomeText} says them, with a note of leftovers. */
  readonly want: readonly string[];
  /** Records afterwards; those of before when absent. */
  readonly records?: readonly string[];
}

/** Bounds of a pool that are not reached, but for what is said. */
export function limitsOf(limits: Partial<PoolLimits> = {}): PoolLimits {
  return { reserved: AddressSet.empty(4), maxRecords: 5000, maxBytes: 1_300_000, nowMs: NOW_MS, ...limits };
}

/** Registers a test for each row. */
export function testBatches(cases: readonly BatchCase[]): void {
  for (const test of cases) Deno.test(`planBatch(): ${test.name}`, () => assertBatch(test));
}

function assertBatch(
  { spec, metadata, taken = [], reserved = [], requests, want, records, ...bounds }: BatchCase,
): void {
  const pool = poolViewOf(poolObject(spec, { ...metadata, status: { allocatedIPs: encode(taken) } }));
  const { maxRecords = 5000, maxBytes = 1_300_000 } = bounds;
  const limits = limitsOf({ reserved: AddressSet.of(4, reserved.map(parseRange)), maxRecords, maxBytes });
  const plan = planBatch(pool, requests, limits);
  assert.deepEqual(plan.outcomes.map(say), want);
  assert.deepEqual(decode(plan.records.encode()), [...(records ?? taken)].sort());
  assert.equal(plan.records === pool.records, records === undefined, "the same records mean: nothing to write");
}

/** What of a claim differs from the usual; addresses as text. */
export interface ClaimFields {
  readonly pod?: string;
  readonly nic?: string;
  readonly want?: string;
  readonly otherNics?: readonly string[];
  readonly formerUid?: string;
  readonly ownOnly?: boolean;
  readonly generation?: number;
  readonly poolUid?: string;
}

/** A claim of the Pod `ns/<podUid>` on the pool `p`, of `eth0` where nothing else is said. */
export function claim(
  podUid: string,
  { pod = `ns/${podUid}`, nic = "eth0", want, ...rest }: ClaimFields = {},
): ClaimRequest {
  const usual = claimOf(podUid);
  return {
    ...usual,
    identity: { ...usual.identity, pod, nic },
    ...(want !== undefined && { want: parseAddress(want) }),
    ...rest,
  };
}

/** A release for the Pod `podUid`. */
export function release(podUid: string, rest: Pick<ReleaseRequest, "addresses" | "keep"> = {}): ReleaseRequest {
  return { kind: "release", pool: "p", podUid, ...rest };
}

function say(outcome: PoolOutcome): string {
  return `${outcomeText(outcome)}${"hasLeftovers" in outcome ? ", leftovers" : ""}`;
}

/** `status.allocatedIPs` of records as {@linkcode BatchCase.taken} has them. */
export function encode(taken: readonly string[]): string {
  const records = taken.map((text) => {
    const [address = "", podUid = "", nic] = text.split(/[=/]/);
    return [address, { pod: `ns/${podUid}`, podUid, ...(nic !== undefined && { nic }) }];
  });
  return JSON.stringify(Object.fromEntries(records));
}

function decode(text: string | undefined): string[] {
  const records: Record<string, { podUid: string; nic?: string }> = JSON.parse(text ?? "{}");
  return Object.entries(records).map(([address, { podUid, nic }]) =>
    `${address}=${podUid}${nic === undefined ? "" : `/${nic}`}`
  ).sort();
}
