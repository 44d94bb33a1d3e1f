/** An agent without a node: what it claims with, and the committer that serves others. */
import { type Clock, steadyNow } from "../../net/base/clock.ts";
import { silentLog } from "../../net/base/log.ts";
import type { AddressSet } from "../../net/ip/set.ts";
import { LocalPoolClaims } from "../../crd/ipam/claims.ts";
import type { PoolStore } from "../../crd/ipam/pool_store.ts";
import type { RequestOptions } from "../../crd/ipam/requests.ts";
import { claimOf, settled } from "../../crd/ipam/writer_fixture.ts";
import { PeerClaims } from "./claims.ts";
import { PeerCommitter } from "./committer.ts";
import { CommitterClock } from "./committer_clock.ts";
import type { LifeNote, Peer, PeerDirectory } from "./contract.ts";
import type { FakeNetwork } from "./fake_network.ts";
import type { PeerObserver } from "./observer.ts";

/** Until when a peer works for a test, in milliseconds. */
export const TIMEOUT_MS = 1_000;

/** What {@linkcode fakeAgent} makes. */
export interface FakeAgent {
  readonly node: string;
  readonly own: LocalPoolClaims;
  readonly claims: PeerClaims;
  readonly committer: PeerCommitter;
  /** Claims for the Pod `podUid`; resolves with `settled`. */
  claim(podUid: string, options?: Partial<RequestOptions>): Promise<string>;
  /** Releases all of the Pod `podUid`; resolves with `settled`. */
  release(podUid: string, options?: Partial<RequestOptions>): Promise<string>;
}

/** How a {@linkcode fakeAgent} is. */
export interface FakeAgentOptions {
  readonly node: string;
  readonly store: PoolStore;
  readonly network: FakeNetwork;
  readonly peers: readonly string[];
  readonly reserved: () => AddressSet;
  readonly clock: Clock;
  readonly monotonic: () => number;
  /** Pools that a predecessor may have left a write on its way to. @default none */
  readonly inherited?: readonly string[];
  /** What outlives its processes. @default a note that nothing was written to */
  readonly note?: LifeNote;
  /** @default nobody is told */
  readonly observer?: PeerObserver | undefined;
}

/** An agent that serves, once it is prepared. */
export function fakeAgent(
  { node, store, network, peers, reserved, clock, monotonic, inherited = [], note = memoryNote(), observer }:
    FakeAgentOptions,
): FakeAgent {
  const shared = { clock, monotonic, random: () => 0.5, log: silentLog };
  const own = new LocalPoolClaims({ ...shared, store, reserved, maxRecords: 5000 });
  const claims = new PeerClaims({
    ...shared,
    own: {
      prepare: () => Promise.resolve(inherited.forEach((pool) => own.distrust(pool))),
      claim: (request, options) => own.claim(request, options),
      release: (request, options) => own.release(request, options),
      quarantine: (request, options) => own.quarantine(request, options),
      distrust: (pool) => own.distrust(pool),
      isDoubtful: (pool) => own.isDoubtful(pool),
    },
    directory: directoryOf(node, peers),
    exchange: network.exchangeOf(node),
    timeoutMs: TIMEOUT_MS,
    note,
    observer,
  });
  const committer = new PeerCommitter({
    claims: own,
    time: new CommitterClock({ clock, monotonic }),
    clock,
    isReady: () => claims.isPrepared,
    knows: (pool) => pool === "p",
    log: silentLog,
    observer,
  });
  const until = (options: Partial<RequestOptions> = {}) => ({ deadlineMs: steadyNow(clock) + 30_000, ...options });
  return {
    node,
    own,
    claims,
    committer,
    claim: (podUid, options) => settled(claims.claim(claimOf(podUid), until(options))),
    release: (podUid, options) => settled(claims.release({ kind: "release", pool: "p", podUid }, until(options))),
  };
}

/** A directory that never changes. Addresses are the nodes' names. */
export function directoryOf(self: string, nodes: readonly string[]): PeerDirectory {
  const live = nodes.map((node): Peer => ({ node, address: node, certificate: "" }));
  return { self, live: () => live };
}

/** A note in memory. `keptMs`: for how long it has been there already; not known when left out. */
export function memoryNote({ keptMs }: { readonly keptMs?: number } = {}): LifeNote {
  let noted: number | undefined;
  return { read: () => noted, write: (ms) => void (noted = ms), keptMs: () => keptMs };
}
