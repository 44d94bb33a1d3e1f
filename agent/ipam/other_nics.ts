/**
 * What the NICs of one ADD leave to each other. Upstream drops the NIC of every record of a pool that it writes, also of
 * an ADD under way: then the pool cannot tell whose the record is, and would give it to `eth0` although another NIC was
 * granted it a moment before. Only the ADD itself knows better.
 */
import { formatAddress } from "../../net/ip/address.ts";
import type { Grant, Need } from "./allocation.ts";

/** Canonical addresses by NIC. */
type Held = ReadonlyMap<string, readonly string[]>;

/** `held` and what `needs` ask to have again. What several ask for is the first one's. */
export function withWanted(held: Held, needs: readonly Need[]): Held {
  const nics = new Map<string, string>();
  for (const { nic, want } of needs) {
    const address = want && formatAddress(want);
    if (address !== undefined && !nics.has(address)) nics.set(address, nic);
  }
  return withAddresses(held, [...nics].map(([address, nic]) => ({ nic, address })));
}

/** `held` and what was granted. */
export function withGranted(held: Held, grants: readonly Grant[]): Held {
  return withAddresses(held, grants.map(({ need: { nic }, address }) => ({ nic, address: formatAddress(address) })));
}

/**
 * Claims that were made at the same time do not know of each other: two of them may have found one record. It is the
 * first one's; the others have to claim again, and have nothing to give back.
 */
export function parted(grants: readonly Grant[]): { readonly kept: readonly Grant[]; readonly again: readonly Need[] } {
  const firsts = new Map<string, Grant>();
  for (const grant of grants) {
    const record = `${grant.pool.name} ${formatAddress(grant.address)}`;
    if (!firsts.has(record)) firsts.set(record, grant);
  }
  const kept = [...firsts.values()];
  return { kept, again: grants.filter((grant) => !kept.includes(grant)).map(({ need }) => need) };
}

function withAddresses(held: Held, more: readonly { readonly nic: string; readonly address: string }[]): Held {
  const all = new Map(held);
  for (const { nic, address } of more) {
    const had = all.get(nic) ?? [];
    if (!had.includes(address)) all.set(nic, [...had, address]);
  }
  return all;
}
