import { formatAddress } from "../../net/ip/address.ts";
import type { SpiderEndpoint } from "../../crd/generated/mod.ts";
import { emptiedEndpoint, resultsOfEndpoint } from "../../crd/ipam/endpoint.ts";
import type { ReleaseRequest } from "../../crd/ipam/requests.ts";
import type { Deadline } from "./deadline.ts";
import type { IpamDeps } from "./deps.ts";
import type { JournalEntry } from "./journal.ts";

/** Whose addresses go, and of which NICs. */
export interface NicsRelease {
  /** UID of the records. */
  readonly podUid: string;
  /** The Pod's. */
  readonly endpoint: SpiderEndpoint;
  /** All when absent. */
  readonly nics?: ReadonlySet<string> | undefined;
}

/**
 * The NICs that go with `ifname` when its ADD has failed: those that the same ADD took addresses for, as the annotation
 * `ippools` makes it do, and that the sandbox has not been asked for. Any other may be in use.
 *
 * @param asked NICs that the sandbox was asked for; `undefined` when nobody knows
 * @returns `undefined` when nothing is left then
 */
export function nicsWith(
  ifname: string,
  { endpoint, asked }: { readonly endpoint: SpiderEndpoint; readonly asked: ReadonlySet<string> | undefined },
): ReadonlySet<string> | undefined {
  const all = new Set(resultsOfEndpoint(endpoint).map(({ nic }) => nic));
  const going = new Set([...all].filter((nic) => nic === ifname || (asked?.has(nic) === false && nic !== "")));
  return going.size === all.size && all.size > 0 ? undefined : going.add(ifname);
}

/** Frees what the NICs hold, then takes them out of the endpoint: pools first, so that nothing is lost in between. */
export async function releaseNics(
  deps: IpamDeps,
  release: NicsRelease,
  deadline: Deadline,
): Promise<readonly string[]> {
  const { podUid, endpoint, nics } = release;
  const isGoing = (nic: string) => nics === undefined || nics.has(nic);
  const entries = (await deps.journal.list()).filter((entry) => entry.podUid === podUid && isGoing(entry.ifname));
  const outcomes = await Promise.all(
    requestsOf(release, entries).map((request) => deps.claims.release(request, deadline)),
  );
  const { clock, config: { maxHistory } } = deps;
  const write = { now: new Date(clock.now()).toISOString(), maxHistory, ...(nics && { nics: [...nics] }) };
  await deps.endpoints.alter(endpoint, (existing) => emptiedEndpoint(existing, write), deadline);
  for (const entry of entries) await deps.journal.remove(entry);
  return outcomes.flatMap((outcome) => outcome.addresses);
}

/** In each pool whatever the UID holds, but what the NICs that stay are listed with. */
function requestsOf({ podUid, endpoint, nics }: NicsRelease, entries: readonly JournalEntry[]): ReleaseRequest[] {
  const results = resultsOfEndpoint(endpoint);
  const going = results.filter(({ nic }) => nics === undefined || nics.has(nic));
  const pools = new Set([...going.map(({ pool }) => pool), ...entries.flatMap((entry) => entry.pools)]);
  const keep = results.filter((result) => !going.includes(result)).map(({ address }) => formatAddress(address));
  const request = { kind: "release", podUid, ...(keep.length > 0 && { keep }) } as const;
  return [...pools].map((pool) => ({ ...request, pool }));
}
