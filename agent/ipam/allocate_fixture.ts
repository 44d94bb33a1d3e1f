/** What tests of {@linkcode allocate} share: pools that are lists, and a Pod that claims from them. */
import { FakeClock } from "../../net/base/fake_clock.ts";
import { formatAddress, parseAddress } from "../../net/ip/mod.ts";
import type { SpiderIPPool } from "../../crd/generated/mod.ts";
import type { ClaimOutcome, ClaimRequest, PoolClaims } from "../../crd/ipam/requests.ts";
import type { AllocateContext, Allocated, Grant, Need } from "./allocation.ts";
import { FreeSignal } from "./free_signal.ts";

/** Many more than any test needs. */
const MAX_LINES = 1000;

/** Pools as lists of free addresses; `log` says what was done in which order. */
export class FakeClaims implements PoolClaims {
  readonly log: string[] = [];
  /** What each claim was told that other NICs have. */
  readonly others: string[] = [];
  readonly free: Map<string, string[]>;
  /** Answers instead of the free list, one a claim. */
  readonly scripted = new Map<string, (ClaimOutcome | Error | (() => Promise<ClaimOutcome>))[]>();

  constructor(free: Record<string, string[]>) {
    this.free = new Map(Object.entries(free));
  }

  async claim(request: ClaimRequest): Promise<ClaimOutcome> {
    this.log.push(`claim ${request.pool} for ${request.identity.nic}`);
    this.others.push(`${request.identity.nic}: ${request.otherNics?.join(" ")}`);
    if (this.log.length > MAX_LINES) throw new Error("claims without end");
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

/** A pool has no address left. */
export const used: ClaimOutcome = { kind: "refused", reason: { code: "used-out" } };

/** A pool gives this address. */
export function claimed(text: string): ClaimOutcome {
  return { kind: "claimed", address: parseAddress(text), existing: false };
}

/** A pool as a need names it. */
export function poolOf(name: string): Need["pools"][number] {
  const pool: SpiderIPPool = {
    apiVersion: "spiderpool.spidernet.io/v2beta1",
    kind: "SpiderIPPool",
    metadata: { name, uid: `uid-${name}`, generation: 3 },
  };
  return { name, pool, preferences: [], position: 0 };
}

/** A need of `eth0`, where nothing else is said. */
export function need(family: 4 | 6, pools: readonly string[], changes: Partial<Need> = {}): Need {
  const rest = { nic: "eth0", source: "cni-config", cleanGateway: false, unused: [] } as const;
  return { ...rest, family, pools: pools.map(poolOf), ...changes };
}

/** A Pod that allocates from pools with these free addresses, waiting up to 1000 ms. */
export function setUp(free: Record<string, string[]>, changes: Partial<AllocateContext> = {}) {
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

/** `<nic> <family> <pool> <address>` of each grant, or what else came of it. */
export function textOf(allocated: Allocated): string[] {
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
export function left(claims: FakeClaims): Record<string, string[]> {
  return Object.fromEntries(claims.free);
}
