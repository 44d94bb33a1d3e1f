import type { AddressWhy, Decision, EndpointUse, FamilyDecision, PoolDecision, PoolVerdict } from "./decision.ts";
import type { NicFamilyPlan } from "./findings.ts";
import { formatNote } from "./notes.ts";
import type { OrderedPool, Preference } from "./order.ts";
import { formatCounts } from "./pool_counts.ts";
import { formatReason } from "./reasons.ts";
import { formatAttempt, formatSource } from "./source.ts";

/** Lines of pools of one NIC and family; a source may name thousands by one pattern, and this is for people. */
const MAX_POOLS = 64;

/** Why a pool stands where it stands: `no. 1 of 2 from the CNI configuration, has nodeName`. */
export function explainPosition(plan: Pick<NicFamilyPlan, "pools" | "source">, pool: OrderedPool): string {
  const place = `no. ${plan.pools.findIndex(({ name }) => name === pool.name) + 1} of ${plan.pools.length}`;
  const had = pool.preferences.length === 0 ? "" : `, ${preferencesText(pool.preferences)}`;
  return `${place} from ${formatSource(plan.source)}${had}`;
}

/** A {@linkcode Decision} for people: a heading, then indented lines. */
export function formatDecision(decision: Decision): string[] {
  const { nic, sources, families, notes, topController, keptBy } = decision;
  const asked = sources.map((attempt) => `    ${formatAttempt(attempt)}`);
  return [
    `${nic}: ${headlineOf(decision)}`,
    `  owner: ${topController.kind} ${topController.namespace}/${topController.name}${
      keptBy === undefined ? "" : ", which keeps its addresses"
    }`,
    `  SpiderEndpoint: ${endpointUseText(decision.endpoint)}`,
    ...(asked.length === 0 ? [] : ["  sources of IPPools:", ...asked]),
    ...families.flatMap((family) => familyLines(family)),
    ...notes.map((note) => `  note: ${formatNote(note)}`),
  ];
}

/** Whether the ADD is served, and with what or why not. */
export function headlineOf({ refusal, families, endpoint }: Decision): string {
  if (refusal !== undefined) return `refused: ${refusal}`;
  const addresses = families.flatMap(({ address, nic }) =>
    address === undefined ? [] : [`${address.address} on ${nic}`]
  );
  return `${endpoint.code === "reused" ? "keeps" : "gets"} ${addresses.join(", ")}`;
}

/** Says an {@linkcode EndpointUse}. */
export function endpointUseText(use: EndpointUse): string {
  switch (use.code) {
    case "none":
      return "there is none";
    case "reused":
      return "lists this NIC, and the records of the IPPools confirm it: no source is asked";
    case "kept":
      return `its owner keeps what the Pod with UID ${quote(use.uid)} had: no source is asked`;
    case "other-incarnation":
      return `is of an earlier Pod with UID ${quote(use.uid)}: what it lists is not this Pod's`;
    case "other-nics":
      return use.nics.length === 0 ? "lists no address" : `lists ${use.nics.join(", ")} only`;
    case "unconfirmed":
      return "lists this NIC, but an IPPool or a record of it is missing: its addresses are asked for again";
    case "terminating":
      return `is being deleted since ${use.since}: it counts for nothing`;
    default:
      return use satisfies never;
  }
}

/** Says an {@linkcode AddressWhy}. */
export function addressWhyText(why: AddressWhy): string {
  switch (why) {
    case "own-record":
      return "recorded for this Pod and NIC already";
    case "kept":
      return "its owner keeps it";
    case "had-before":
      return "this NIC had it before, and it is free";
    case "lowest-free":
      return "the lowest free one that was not released lately";
    case "longest-free":
      return "all free ones were released lately, this one is free for longest";
    default:
      return why satisfies never;
  }
}

function familyLines({ nic, family, source, pools, address }: FamilyDecision): string[] {
  const listed = pools.slice(0, MAX_POOLS).map((pool) => `    ${poolLine(pool, address)}`);
  const left = pools.length - listed.length;
  return [
    `  IPv${family} of ${nic} from ${formatSource(source)}:`,
    ...listed,
    ...(left > 0 ? [`    and ${left} more`] : []),
  ];
}

function poolLine(
  { name, place, preferences, verdict, counts }: PoolDecision,
  address: FamilyDecision["address"],
): string {
  const had = preferences.length === 0 ? "" : ` (${preferencesText(preferences)})`;
  const state = counts === undefined ? "" : `; ${formatCounts(counts)}`;
  return `${place === undefined ? "-" : `${place}.`} IPPool ${quote(name)}${had}: ${
    verdictText(verdict, address)
  }${state}`;
}

/** Says a {@linkcode PoolVerdict}; `address` is what its family got. */
export function verdictText(verdict: PoolVerdict, address: FamilyDecision["address"]): string {
  switch (verdict.code) {
    case "used":
      return address === undefined ? "used" : `used, ${address.address}: ${addressWhyText(address.why)}`;
    case "refused":
      return formatReason(verdict.reason);
    case "not-tried":
      return "not its turn";
    default:
      return verdict satisfies never;
  }
}

function preferencesText(preferences: readonly Preference[]): string {
  return `has ${preferences.join(", ")}`;
}

function quote(text: string): string {
  return JSON.stringify(text);
}
