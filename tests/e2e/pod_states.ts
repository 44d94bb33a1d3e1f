/** Pods of a StatefulSet with what they hold, to be compared before and after they are made anew. */
import { ordinalOfPod } from "../../crd/ipam/statefulset_ordinal.ts";
import type { Bed } from "./bed.ts";
import { readFacts } from "./checker.ts";
import type { Facts } from "./facts.ts";
import { NAMESPACE } from "./workload.ts";

/** An address that a pool has given to a Pod. */
export interface HeldAddress {
  readonly pool: string;
  readonly nic: string;
  /** Canonical text. */
  readonly address: string;
}

/** What is compared of a Pod. */
export interface PodState {
  readonly uid: string;
  readonly isReady: boolean;
  /** Where its interfaces are; `undefined` while it has none. */
  readonly node: string | undefined;
  /** By pool, whatever incarnation of the Pod they are recorded for. */
  readonly held: readonly HeldAddress[];
}

/** By the name of the Pod. */
export type PodStates = ReadonlyMap<string, PodState>;

/** Reads the Pods of a StatefulSet. */
export async function podStates({ cluster }: Pick<Bed, "cluster">, statefulSet: string): Promise<PodStates> {
  return statesIn(await readFacts(cluster), statefulSet);
}

/** The same from facts. A Pod that is terminating is not ready. */
export function statesIn({ pods, pools, links }: Facts, statefulSet: string): PodStates {
  const prefix = `${NAMESPACE}/`;
  const named = pods.filter(({ key }) => ordinalOfPod(key)?.statefulSet === prefix + statefulSet);
  const records = pools.flatMap(({ name, records }) => records.map((record) => ({ ...record, pool: name })));
  const heldBy = (key: string) =>
    records.filter(({ pod }) => pod === key).map(({ pool, nic, address }) => ({ pool, nic, address }))
      .sort((a, b) => a.pool < b.pool ? -1 : 1);
  return new Map(
    named.map(({ key, uid, isReady, isTerminating }) => [key.slice(prefix.length), {
      uid,
      isReady: isReady && !isTerminating,
      node: links.find(({ podUid }) => podUid === uid)?.node,
      held: heldBy(key),
    }]),
  );
}

/** What each Pod holds, as a value that can be compared. */
export function addressesOf(states: PodStates): Record<string, readonly HeldAddress[]> {
  return Object.fromEntries([...states].sort(([a], [b]) => a < b ? -1 : 1).map(([name, { held }]) => [name, held]));
}

/** What {@linkcode notRenewed} waits for. */
export interface Renewal {
  readonly replicas: number;
  /** Pods that must have another UID than `before`. */
  readonly names: readonly string[];
  readonly before: PodStates;
}

/** Says what is missing until so many Pods are ready and some of them are new; `undefined`: nothing is. */
export function notRenewed(states: PodStates, { replicas, names, before }: Renewal): string | undefined {
  if (states.size !== replicas) return `there are ${states.size} Pods of ${replicas}`;
  const waiting = [...states].filter(([, { isReady }]) => !isReady).map(([name]) => `${name} is not ready`);
  const old = names.filter((name) => {
    const was = before.get(name);
    return was !== undefined && states.get(name)?.uid === was.uid;
  }).map((name) => `${name} is still the old one`);
  const missing = [...waiting, ...old];
  return missing.length === 0 ? undefined : missing.join(", ");
}
