/** Agents that share one pool in memory, with a network between them that does what a test tells it. */
import assert from "node:assert/strict";
import type { Clock } from "../../net/base/clock.ts";
import { FakeClock } from "../../net/base/fake_clock.ts";
import { parseAddress } from "../../net/ip/address.ts";
import { AddressSet } from "../../net/ip/set.ts";
import { FakePoolStore, poolObject } from "../../crd/ipam/fake_pool_store.ts";
import { ownersIn } from "../../crd/ipam/writer_fixture.ts";
import type { LifeNote } from "./contract.ts";
import { type FakeAgent, fakeAgent, memoryNote, TIMEOUT_MS } from "./fake_agent.ts";
import { deliversAfter, FakeNetwork } from "./fake_network.ts";
import type { PeerObserver } from "./observer.ts";
import { rankNodes } from "./rendezvous.ts";

export { TIMEOUT_MS };

/** Nodes of a cluster that is large enough for a first, a second and a last in rank. */
export const three = ["n1", "n2", "n3"];

/** How a cluster is. */
export interface PeerClusterOptions {
  /** `spec.ips`. @default 254 addresses */
  readonly ips?: string[];
  /** Whom an agent knows. @default everybody */
  readonly knows?: Readonly<Record<string, readonly string[]>>;
  /** Clocks of an agent. @default the cluster's */
  readonly clocks?: (node: string, clock: FakeClock) => { clock: Clock; monotonic: () => number } | undefined;
  /** Whom an agent tells what goes on. @default nobody */
  readonly observers?: (node: string) => PeerObserver | undefined;
}

/** {@linkcode peerCluster}'s result. */
export type PeerCluster = Awaited<ReturnType<typeof peerCluster>>;

/** Agents on `nodes` that serve, over one pool `p`. `first`, `second`, … is their rank for it. */
export async function peerCluster(nodes: readonly string[], options: PeerClusterOptions = {}) {
  const { ips = ["10.1.0.1-10.1.0.254"], knows = {}, clocks = () => undefined, observers = () => undefined } = options;
  const clock = new FakeClock(1_000_000);
  const store = new FakePoolStore([poolObject({ ips })]);
  const network = new FakeNetwork(clock);
  const agents = new Map<string, FakeAgent>();
  const notes = new Map(nodes.map((node): [string, LifeNote] => [node, memoryNote()]));
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
    return fakeAgent({
      node,
      store,
      network,
      peers: knows[node] ?? nodes,
      reserved: () => reserved,
      note: notes.get(node)!,
      observer: observers(node),
      ...own,
    });
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

/** Three agents, the last of which holds an address for `known`; what it asks the first next arrives when `gate` resolves. */
export async function delayedCluster(options: PeerClusterOptions = {}) {
  const cluster = await peerCluster(three, options);
  const [first, second, last] = ranked(cluster.rank);
  await cluster.drive(last.claim("known"));
  const gate = Promise.withResolvers<void>();
  cluster.network.next(first.node, deliversAfter(gate.promise));
  return { ...cluster, first, second, last, gate };
}

/** The agents by rank for the pool: first, second, last. */
export function ranked([first, second, last]: readonly FakeAgent[]): [FakeAgent, FakeAgent, FakeAgent] {
  assert.ok(first !== undefined && second !== undefined && last !== undefined);
  return [first, second, last];
}

/** How many messages asked `node` to write. */
export function commitsTo(sent: readonly string[], node: string): number {
  return sent.filter((line) => line.endsWith(` ${node} commit`)).length;
}

/** Lets promises go on that wait for nothing else. */
export async function someTurns(): Promise<void> {
  for (let i = 0; i < 20; i++) await Promise.resolve();
}
