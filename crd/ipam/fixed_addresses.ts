import { formatAddress } from "../../net/ip/mod.ts";
import type { Intent, NicIntent } from "./intent.ts";
import type { NicFamily, PendingChange } from "./pending_change.ts";
import type { IpamResult } from "./result.ts";

/** What becomes of the addresses that an owner with fixed ones has, when its Pod is made anew. */
export interface FixedAddresses {
  /** What stays; where NICs are counted, under the name that the NIC has now. */
  readonly kept: readonly IpamResult[];
  /** What goes: other pools are named for it now, or none. */
  readonly changed: readonly IpamResult[];
  /** What is to be allocated: in place of what goes, and families that were added. */
  readonly open: readonly NicFamily[];
  /** NICs that stay only until their own ADD tells which pools are named for them. */
  readonly undecided: readonly string[];
}

/**
 * Compares what an endpoint lists with what is wanted now, by the names of pools only (spec/ipam.md §11.2): affinities,
 * disabled and full pools do not matter to who has an address already. NICs and families are judged one by one.
 *
 * @param intent of this ADD; `undefined`: nothing is said, all stays
 * @param context `nic`: that of the request; `hasPool`: whether a pool still exists
 */
export function fixedAddresses(
  listed: readonly IpamResult[],
  intent: Intent | undefined,
  { nic, hasPool }: { readonly nic: string; readonly hasPool: (pool: string) => boolean },
): FixedAddresses {
  const results = intent?.isByIndex ? byIndex(listed, intent.nics) : listed;
  const intents = new Map(intent?.nics.map((one) => [one.nic, one]));
  const isDecided = (name: string) => intents.has(name) || intent?.isComplete === true;
  const isNamed = ({ nic, family, pool }: IpamResult) =>
    intent === undefined || !isDecided(nic) || (intents.get(nic)?.names[family].includes(pool) ?? false);
  const kept = results.filter((result) => hasPool(result.pool) && isNamed(result));
  return {
    kept,
    changed: results.filter((result) => !kept.includes(result)),
    open: (intent?.nics ?? []).flatMap((one) => openFamilies(one, kept)),
    undecided: intent === undefined
      ? []
      : [...new Set(kept.map((result) => result.nic))].filter((name) => name !== nic && !isDecided(name)),
  };
}

/** What is different between endpoint and sources; it takes effect when the Pod is made anew. */
export function pendingChanges(listed: readonly IpamResult[], intent: Intent | undefined): readonly PendingChange[] {
  if (intent === undefined) return [];
  const { source } = intent;
  const { changed, kept } = fixedAddresses(listed, intent, { nic: "", hasPool: () => true });
  const namesOf = ({ nic, family }: NicFamily) => intent.nics.find((one) => one.nic === nic)?.names[family] ?? [];
  const gone = changed.map((result): PendingChange => {
    const { nic, family, address, pool } = result;
    return { nic, family, source, has: { address: formatAddress(address), pool }, names: namesOf(result) };
  });
  const present = new Set([...kept, ...changed].map(keyOf));
  const added = intent.nics.flatMap((one) => openFamilies(one, [])).filter((one) => !present.has(keyOf(one)));
  return [...gone, ...added.map((one) => ({ ...one, source, has: undefined, names: namesOf(one) }))];
}

function openFamilies({ nic, families }: NicIntent, kept: readonly IpamResult[]): NicFamily[] {
  const present = new Set(kept.map(keyOf));
  return families.map((family) => ({ nic, family })).filter((one) => !present.has(keyOf(one)));
}

/** Gives NICs that are only counted the names they have now, where the endpoint has them under another name. */
function byIndex(listed: readonly IpamResult[], intents: readonly NicIntent[]): readonly IpamResult[] {
  const before = [...new Set(listed.map(({ nic }) => nic))];
  const now = intents.map(({ nic }) => nic);
  const names = new Map(before.map((name, i) => [name, rename(name, { to: now[i], before, now })]));
  return listed.map((result) => ({ ...result, nic: names.get(result.nic) ?? result.nic }));
}

function rename(
  name: string,
  { to, before, now }: { to: string | undefined; before: readonly string[]; now: readonly string[] },
): string {
  return now.includes(name) || to === undefined || before.includes(to) ? name : to;
}

function keyOf({ nic, family }: NicFamily): string {
  return `${nic} ${family}`;
}
