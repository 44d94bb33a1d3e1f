/** Agents that share one pool in memory, with a network between them that does what a test tells it. */
import type { Clock } from "../../net/base/clock.ts";
import { FakeClock } from "../../net/base/fake_clock.ts";
import { silentLog } from "../../net/base/log.ts";
import { parseAddress } from "../../net/ip/address.ts";
import { AddressSet } from "../../net/ip/set.ts";
import { LocalPoolClaims } from "../../crd/ipam/claims.ts";
import { FakePoolStore, poolObject } from "../../crd/ipam/fake_pool_store.ts";
import type { PoolStore } from "../../crd/ipam/pool_store.ts";
import type { RequestOptions } from "../../crd/ipam/requests.ts";
import { claimOf, ownersIn, settled } from "../../crd/ipam/writer_fixture.ts";
import { PeerClaims } from "./claims.ts";
import { PeerCommitter } from "./committer.ts";
import { CommitterClock } from "./committer_clock.ts";
import {
  type Peer,
  type PeerAnswer,
  type PeerDirectory,
  type PeerExchange,
  type PeerMessage,
  type PeerReply,
  replyOf,
} from "./contract.ts";
import { rankNodes } from "./rendezvous.ts";

/** Until when a peer works for a test, in milliseconds. */
export const TIMEOUT_MS = 1_000;

/** Handles one message in the place of a peer, or around it. */
export type Hop = (message: PeerMessage, next: () => Promise<PeerAnswer>) => Promise<PeerReply | PeerAnswer>;

/** Nobody listens. */
export const refusesConnection: Hop = () => Promise.resolve({ kind: "refused", reason: "connection refused" });
/** The message is lost; nobody will ever see it. */
export const losesMessage: Hop = () => new Promise(() => {});
/** The message is worked on, its answer is lost, and so is the connection. */
export const losesReply: Hop = async (_message, next) => {
  await next();
  return { kind: "unknown", reason: "connection reset" };
};
/** The connection breaks at once; the message is delivered when `gate` resolves. */
export function breaksAndDelivers(gate: Promise<unknown>): Hop {
  return (_message, next) => {
    void gate.then(next);
    return Promise.resolve({ kind: "unknown", reason: "connection reset" });
  };
}
/** Something else answers. */
export function answers(status: number, body = ""): Hop {
  return () => Promise.resolve({ status, body });
}
/** The message is delivered when `gate` resolves, however late that is. */
export function deliversAfter(gate: Promise<unknown>): Hop {
  return async (_message, next) => {
    await gate;
    return await next();
  };
}

/** The network: who answers under which address, and what happens on the way there. */
export class FakeNetwork {
  readonly committers = new Map<string, PeerCommitter>();
  /** Whether a peer hears that a caller waits no more. */
  tellsHangUp = false;
  /** All messages that were sent, as `from to operation`. */
  readonly sent: string[] = [];
  readonly #clock: Clock;
  readonly #hops = new Map<string, Hop[]>();
  readonly #always = new Map<string, Hop>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** What happens to the next commits to `node`, one each. */
  next(node: string, ...hops: readonly Hop[]): void {
    this.#hops.set(node, [...this.#hops.get(node) ?? [], ...hops]);
  }

  /** What happens to all messages to `node` from now on; `undefined`: they arrive. */
  always(node: string, hop: Hop | undefined): void {
    if (hop === undefined) this.#always.delete(node);
    else this.#always.set(node, hop);
  }

  /** The way from one agent to the others. */
  exchangeOf(from: string): PeerExchange {
    return { send: (peer, message, { timeoutMs }) => this.#send({ from, peer, message, timeoutMs }) };
  }

  async #send(
    { from, peer, message, timeoutMs }: { from: string; peer: Peer; message: PeerMessage; timeoutMs: number },
  ): Promise<PeerReply> {
    this.sent.push(`${from} ${peer.node} ${message.operation}`);
    const caller = new AbortController();
    const work = () => this.committers.get(peer.address)!.handle(message, caller.signal);
    const hop = this.#always.get(peer.node) ??
      (message.operation === "commit" ? this.#hops.get(peer.node)?.shift() : undefined);
    await Promise.resolve(); // no answer comes at once
    const arrived = hop === undefined ? work() : hop(message, work);
    const done = new AbortController();
    const late = this.#clock.sleep(timeoutMs, done.signal).then(() => "late" as const, () => "late" as const);
    const first = await Promise.race([arrived, late]);
    done.abort();
    if (first !== "late") return "kind" in first ? first : replyOf(first);
    if (this.tellsHangUp) caller.abort(new Error("the caller hung up"));
    return { kind: "unknown", reason: "no answer in time" };
  }
}

/** One agent of a {@linkcode peerCluster}. */
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

/** How a cluster is. */
export interface PeerClusterOptions {
  /** `spec.ips`. @default 254 addresses */
  readonly ips?: string[];
  /** Whom an agent knows. @default everybody */
  readonly knows?: Readonly<Record<string, readonly string[]>>;
  /** Clocks of an agent. @default the cluster's */
  readonly clocks?: (node: string, clock: FakeClock) => { clock: Clock; monotonic: () => number } | undefined;
}

/** {@linkcode peerCluster}'s result. */
export type PeerCluster = Awaited<ReturnType<typeof peerCluster>>;

/** Agents on `nodes` that serve, over one pool `p`. `first`, `second`, … is their rank for it. */
export async function peerCluster(nodes: readonly string[], options: PeerClusterOptions = {}) {
  const { ips = ["10.1.0.1-10.1.0.254"], knows = {}, clocks = () => undefined } = options;
  const clock = new FakeClock(1_000_000);
  const store = new FakePoolStore([poolObject({ ips })]);
  const network = new FakeNetwork(clock);
  const agents = new Map<string, FakeAgent>();
  let reserved = AddressSet.empty(4);
  for (const node of nodes) install(start(node));
  const rank = rankNodes("p", nodes).map((node) => agents.get(node)!);
  const cluster = { clock, store, network, agents, rank, prepared, restart, drive, stored, reserve };
  await clock.run(2 * TIMEOUT_MS);
  await drive(Promise.all([...agents.values()].map(({ claims }) => claims.prepare())));
  return cluster;

  /** A new process on `node`: nothing of the old one is known. */
  function start(node: string): FakeAgent {
    const own = clocks(node, clock) ?? { clock, monotonic: () => clock.now() };
    return fakeAgent({ node, store, network, peers: knows[node] ?? nodes, reserved: () => reserved, ...own });
  }

  function install(agent: FakeAgent): void {
    agents.set(agent.node, agent);
    network.committers.set(agent.node, agent.committer);
  }

  /** A process that may take the place of the one on `node`. @returns what makes it do so */
  async function prepared(node: string): Promise<() => void> {
    const agent = start(node);
    await drive(agent.claims.prepare());
    return () => install(agent);
  }

  async function restart(node: string): Promise<FakeAgent> {
    const agent = start(node);
    install(agent);
    await drive(agent.claims.prepare());
    return agent;
  }

  /** Waits for `promise`; the clock moves from sleeper to sleeper meanwhile, for at most a minute. */
  async function drive<T>(promise: Promise<T>): Promise<T> {
    let ended = false;
    const end = () => void (ended = true);
    promise.then(end, end);
    const untilMs = clock.now() + 60_000;
    for (await clock.run(0); !ended; await clock.run(0)) {
      const next = clock.next() ?? Infinity;
      if (next > untilMs) throw new Error("Cannot go on: the promise is pending after a minute");
      clock.advance(next - clock.now());
    }
    return await promise;
  }

  /** From now on SpiderReservedIPs set this IPv4 address aside. */
  function reserve(address: string): void {
    reserved = reserved.with(parseAddress(address).value);
  }

  /** Owners by address, as they are stored. */
  function stored(): Record<string, string> {
    return ownersIn(store.get("p").status?.allocatedIPs);
  }
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
}

/** An agent that serves, once it is prepared. */
export function fakeAgent(
  { node, store, network, peers, reserved, clock, monotonic, inherited = [] }: FakeAgentOptions,
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
  });
  const committer = new PeerCommitter({
    claims: own,
    time: new CommitterClock({ clock, monotonic }),
    clock,
    isReady: () => claims.isPrepared,
    knows: (pool) => pool === "p",
    log: silentLog,
  });
  const until = (options: Partial<RequestOptions> = {}) => ({ deadlineMs: clock.now() + 30_000, ...options });
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
