/** Compares what pools, endpoints, Pods and kernels say about addresses. */
import { type AddressSet, parseAddress, prefixContains } from "../../net/ip/mod.ts";
import type { Facts, LinkFact, PodFact, PoolFact, RecordFact } from "./facts.ts";

/** A record and the pool it is in. */
interface Held extends RecordFact {
  readonly pool: string;
}

/**
 * Finds what does not fit together, one sentence each; nothing: no address is double, none is leaked, and all four sides say the same.
 * Pods of StatefulSets keep their addresses while they are gone, so facts of such Pods are not for this.
 */
export function judge(facts: Facts): string[] {
  const held = heldOf(facts.pools);
  return [
    ...facts.pools.flatMap(judgePool),
    ...judgeDoubles(facts, held),
    ...held.flatMap((record) => judgeRecord(record, facts)),
    ...judgeEndpoints(facts, held),
    ...facts.links.flatMap((link) => judgeLink(link, { facts, held })),
    ...facts.pods.flatMap((pod) => judgePodAddresses(pod, facts)),
  ];
}

/** Names Pods that do not run as they should, one sentence each. */
export function judgeRunning(pods: readonly PodFact[]): string[] {
  return pods.filter(({ isReady, isTerminating }) => !isReady || isTerminating)
    .map(({ key, phase, isTerminating }) => `Pod ${key} is ${isTerminating ? "terminating" : `${phase}, not ready`}`);
}

function heldOf(pools: readonly PoolFact[]): Held[] {
  return pools.flatMap(({ name, records }) => records.map((record) => ({ ...record, pool: name })));
}

function judgePool({ name, offered, count, records, quarantined }: PoolFact): string[] {
  const total = records.length + quarantined;
  return [
    ...(count === total ? [] : [`pool ${name} counts ${count} addresses and has ${total} records`]),
    ...records.filter(({ address }) => !offers(offered, address)).map(({ address, pod }) =>
      `pool ${name} does not offer ${address} that it gave to ${pod}`
    ),
  ];
}

function offers(offered: AddressSet, text: string): boolean {
  const { family, value } = parseAddress(text);
  return family === offered.family && offered.has(value);
}

function judgeDoubles({ links }: Facts, held: readonly Held[]): string[] {
  return [
    ...doublesOf(held, (record) => `in pool ${record.pool} for ${record.pod} ${record.nic}`),
    ...doublesOf(
      links,
      ({ node, netns, ifname, podUid }) => `${ifname} of Pod ${podUid ?? "none"} (${node}, ${netns})`,
    ),
  ];
}

/** Says for each address that occurs more than once where it occurs. */
function doublesOf<T extends { readonly address: string }>(items: readonly T[], nameOf: (item: T) => string): string[] {
  const byAddress = Map.groupBy(items, ({ address }) => address);
  return [...byAddress].filter(([, group]) => group.length > 1)
    .map(([address, group]) => `address ${address} is double: ${group.map(nameOf).join("; ")}`);
}

/** A record needs a live Pod of that UID that has the address in its kernel and in its endpoint. */
function judgeRecord(record: Held, { pods, links, endpoints }: Facts): string[] {
  const name = `${record.address} of pool ${record.pool}, given to ${record.pod} ${record.nic} (UID ${record.podUid})`;
  const pod = pods.find(({ uid }) => uid === record.podUid);
  if (pod === undefined || hasEnded(pod)) return [`leaked: ${name}: there is no such Pod, or it has ended`];
  const findings: string[] = [];
  if (pod.key !== record.pod) findings.push(`${name}: the Pod of that UID is ${pod.key}`);
  const isOnLink = links.some(({ podUid, ifname, address }) =>
    podUid === record.podUid && ifname === record.nic && address === record.address
  );
  if (pod.phase === "Running" && !isOnLink) findings.push(`${name}: the kernel does not have it there`);
  const isInEndpoint = endpoints.some(({ podUid, entries }) =>
    podUid === record.podUid &&
    entries.some(({ nic, pool, address }) => nic === record.nic && pool === record.pool && address === record.address)
  );
  if (!isInEndpoint) findings.push(`${name}: its SpiderEndpoint does not list it`);
  return findings;
}

function judgeEndpoints({ endpoints, pods }: Facts, held: readonly Held[]): string[] {
  return endpoints.flatMap(({ key, podUid, entries }) => {
    const pod = pods.find(({ uid }) => uid === podUid);
    if (pod?.key !== key) return [`SpiderEndpoint ${key} is left of UID ${podUid}: there is no such Pod`];
    return entries.filter(({ nic, pool, address }) =>
      !held.some((record) =>
        record.podUid === podUid && record.nic === nic && record.pool === pool && record.address === address
      )
    ).map(({ nic, pool, address }) =>
      `SpiderEndpoint ${key} lists ${address} for ${nic}: pool ${pool} has no such record`
    );
  });
}

/** An address of a pool's subnet in a kernel must have been given to just that interface. */
function judgeLink(
  link: LinkFact,
  { facts, held }: { readonly facts: Facts; readonly held: readonly Held[] },
): string[] {
  const { address, ifname, node, netns, podUid } = link;
  if (!facts.pools.some(({ subnet }) => prefixContains(subnet, parseAddress(address)))) return [];
  const place = `${address} on ${ifname} of Pod ${podUid ?? "none"} (${node}, ${netns})`;
  const record = held.find((candidate) => candidate.address === address);
  if (record === undefined) return [`${place}: no pool has given it`];
  const isRight = record.podUid === podUid && record.nic === ifname;
  return isRight ? [] : [`${place}: pool ${record.pool} gave it to ${record.pod} ${record.nic} (UID ${record.podUid})`];
}

/** What the API shows as a Pod's addresses must be on its eth0. */
function judgePodAddresses(pod: PodFact, { links }: Facts): string[] {
  if (pod.hostNetwork || hasEnded(pod)) return [];
  return pod.addresses.filter((address) =>
    !links.some((link) => link.podUid === pod.uid && link.ifname === "eth0" && link.address === address)
  ).map((address) => `Pod ${pod.key} has ${address} in its status: the kernel does not have it on eth0`);
}

function hasEnded({ phase }: PodFact): boolean {
  return phase === "Succeeded" || phase === "Failed";
}
