import type { Clock } from "../../net/base/clock.ts";
import type { Log } from "../../net/base/log.ts";
import type { Random } from "../../net/base/random.ts";
import {
  CommitterClock,
  type LifeNote,
  type Monotonic,
  type OwnClaims,
  PeerClaims,
  PeerCommitter,
  type PeerDirectory,
  type PeerExchange,
  type PeerObserver,
} from "../peer/mod.ts";
import type { ClusterView } from "./cluster_view.ts";

/** The other agents, and the way to them. */
export interface PeerOptions {
  readonly directory: PeerDirectory;
  readonly exchange: PeerExchange;
  /** How long a peer may work on a request at first, in milliseconds; see `agent.peerCommit.timeout`. */
  readonly timeoutMs: number;
  /** {@linkcode timeoutMs} as it is now. @default as it is given, always */
  readonly timeoutNow?: (() => number) | undefined;
  /** What this process tells the one after it. @default none: each waits at its start for the longest life of a request */
  readonly note?: LifeNote;
  readonly monotonic: Monotonic;
  /** Told what goes on between agents. @default nobody */
  readonly observer?: PeerObserver | undefined;
  /** Names the epochs of this process. @default random UUIDs */
  readonly newEpoch?: () => string;
}

/** What {@linkcode peersOf} connects. */
export interface PeersDeps extends PeerOptions {
  readonly view: Pick<ClusterView, "wasRead" | "hasPool">;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
}

/** The claims that go to peers where those should write, and the one who writes for peers. Both write by `own`. */
export function peersOf(
  own: OwnClaims,
  deps: PeersDeps,
): { readonly claims: PeerClaims; readonly committer: PeerCommitter } {
  const { view, clock, log } = deps;
  const claims = new PeerClaims({ ...deps, own });
  const committer = new PeerCommitter({
    claims: own,
    time: new CommitterClock(deps),
    clock,
    isReady: () => view.wasRead && claims.isPrepared,
    knows: (pool) => view.hasPool(pool),
    observer: deps.observer,
    log,
  });
  return { claims, committer };
}
