import { AddressSet } from "../../net/ip/mod.ts";
import { planBatch } from "../../crd/ipam/batch.ts";
import { poolViewOf } from "../../crd/ipam/pool_view.ts";
import type { ClaimRequest } from "../../crd/ipam/requests.ts";
import { spiderpoolAgent } from "./bench_agent.ts";
import { runPhase } from "./phase.ts";
import { benchPool, type PodPools } from "./pools.ts";
import { median } from "./stats.ts";
import { World } from "./world.ts";

/** Time of one claim in a pool of some size. */
export interface PoolSizeRow {
  readonly subnet: string;
  /** Median microseconds a claim, decided in one batch of {@linkcode CLAIMS}. */
  readonly batchedUs: number;
  /** Median microseconds to decide one claim in a pool that holds {@linkcode CLAIMS} records but one. */
  readonly singleUs: number;
  /** Median milliseconds of a whole ADD on an idle agent. */
  readonly addMs: number;
}

/** Records that every pool ends with, whatever its size: what fits into a /24 and a /120. */
export const CLAIMS = 200;

const sizes = [
  { name: "bench-slash24", subnet: "10.8.0.0/24", range: "10.8.0.1-10.8.0.254", family: 4 },
  { name: "bench-slash8", subnet: "10.0.0.0/8", range: "10.0.0.0-10.255.255.255", family: 4 },
  { name: "bench-slash120", subnet: "fd00:8::/120", range: "fd00:8::1-fd00:8::fe", family: 6 },
  { name: "bench-slash48", subnet: "fd00::/48", range: "fd00::-fd00:0:0:ffff:ffff:ffff:ffff:ffff", family: 6 },
] as const;

type Size = typeof sizes[number];

/** Claims the same number of addresses in pools of very different sizes, in turns. */
export async function measurePoolSizes({ rounds }: { readonly rounds: number }): Promise<readonly PoolSizeRow[]> {
  const addMs = await measureAdds();
  const decisions = sizes.map((size) => ({ size, batched: [] as number[], single: [] as number[] }));
  for (let round = 0; round < rounds; round++) {
    for (const { size, batched, single } of decisions) {
      batched.push(decideAll(size));
      single.push(decideLast(size));
    }
  }
  return decisions.map(({ size, batched, single }, i) => ({
    subnet: size.subnet,
    batchedUs: 1000 * median(batched) / CLAIMS,
    singleUs: 1000 * median(single),
    addMs: median(addMs[i] ?? []),
  }));
}

/** Milliseconds for a batch of all claims on an empty pool. */
function decideAll(size: Size): number {
  return timed(emptyView(size), claims(size, 0, CLAIMS));
}

/** Milliseconds for the last claim alone. */
function decideLast(size: Size): number {
  const view = emptyView(size);
  const { records } = planBatch(view, claims(size, 0, CLAIMS - 1), limitsOf(size));
  return timed({ ...view, records }, claims(size, CLAIMS - 1, CLAIMS));
}

function timed(view: ReturnType<typeof emptyView>, requests: readonly ClaimRequest[]): number {
  const limits = { reserved: AddressSet.empty(view.shape.family), maxRecords: 5000, maxBytes: 1_300_000, nowMs: 0 };
  const start = performance.now();
  const { outcomes } = planBatch(view, requests, limits);
  const ms = performance.now() - start;
  if (!outcomes.every(({ kind }) => kind === "claimed")) {
    throw new Error(`Cannot measure ${view.name}: a claim was not granted: ${JSON.stringify(outcomes.at(-1))}`);
  }
  return ms;
}

function emptyView(size: Size) {
  const pool = benchPool(size.name, size);
  return poolViewOf({ ...pool, metadata: { ...pool.metadata, uid: size.name, generation: 1, resourceVersion: "1" } });
}

function limitsOf({ family }: Size) {
  return { reserved: AddressSet.empty(family), maxRecords: 5000, maxBytes: 1_300_000, nowMs: 0 };
}

function claims({ name }: Size, from: number, until: number): readonly ClaimRequest[] {
  return Array.from({ length: until - from }, (_, i) => ({
    kind: "claim",
    pool: name,
    generation: 1,
    poolUid: name,
    identity: { pod: `bench/web-${from + i}`, podUid: `uid-${from + i}`, nic: "eth0", node: "node-0" },
  }));
}

/** Milliseconds of ADDs one after the other, the pools in turn, so that all see the same machine. */
async function measureAdds(): Promise<readonly (readonly number[])[]> {
  await using world = await World.create({
    via: "in-process",
    agentMaker: spiderpoolAgent,
    agents: 1,
    pools: sizes.map((size) => benchPool(size.name, size)),
    podSets: Object.fromEntries(sizes.map((size) => [size.name, { count: CLAIMS, pools: podPools(size) }])),
  });
  await world.settle();
  const taken = sizes.map((): number[] => []);
  for (let i = 0; i < CLAIMS; i++) {
    for (const [index, { name }] of sizes.entries()) {
      const adds = world.pods(name).slice(i, i + 1);
      const { addMs, firstFailure } = await runPhase(world.agents, { adds, dels: [] }, oneByOne);
      if (addMs.length === 0) throw new Error(`Cannot measure ${name}: ${firstFailure ?? "an ADD did not end"}`);
      taken[index]?.push(...addMs);
    }
  }
  return taken;
}

const oneByOne = { concurrency: 1, retryMs: 100, limitMs: 10_000 };

function podPools({ name, family }: Size): PodPools {
  return family === 4 ? { 4: name } : { 6: name };
}
