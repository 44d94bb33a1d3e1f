/**
 * One committer a pool, as a hint (claim protocol, rule 2): claims and releases go to the agent that should write the
 * pool, and the reasoning why that is safe. No transport is here: `port/` has the one of a cluster.
 *
 * @example
 * ```ts ignore
 * const claims = new PeerClaims({ own, directory, exchange, clock, monotonic, random, log, timeoutMs: 1000 });
 * const committer = new PeerCommitter({ claims: own, time: new CommitterClock({ clock, monotonic }), ...facts });
 * // somewhere else: another agent's exchange leads here
 * const reply = replyOf(await committer.handle(message, signal));
 * ```
 *
 * @module
 */
export { type OwnClaims, PeerClaims, type PeerClaimsDeps } from "./claims.ts";
export { PeerCommitter, type PeerCommitterDeps } from "./committer.ts";
export { CommitterClock, type CommitterClockDeps } from "./committer_clock.ts";
export {
  type LifeNote,
  type Monotonic,
  type Peer,
  type PeerAnswer,
  type PeerDirectory,
  type PeerExchange,
  type PeerMessage,
  type PeerOperation,
  type PeerReply,
  replyOf,
  systemMonotonic,
} from "./contract.ts";
export type { HandedOverOutcome, PeerObserver, PeerRequestKind, ServedOutcome, TurnedAway } from "./observer.ts";
export { PeerRanking } from "./ranking.ts";
