import type { Family } from "../../net/ip/mod.ts";
import type { NicPools } from "./pool_annotations.ts";
import { IpamError } from "./errors.ts";
import { type AddFacts, isEnabled } from "./facts.ts";
import { formatNote, type PlanNote } from "./notes.ts";
import { poolNamesOf } from "./pool_family.ts";
import { formatSource, type Source } from "./source.ts";
import { type Listed, listedPools } from "./sources.ts";
import { expandNames, isPattern } from "./wildcard.ts";

export { formatNote, type PlanNote } from "./notes.ts";

/** One NIC and family, and the pools that the source names for it. */
export interface Candidate {
  readonly nic: string;
  readonly family: Family;
  readonly cleanGateway: boolean;
  /** In the order of the source: entry by entry, matches of a pattern by name; none twice. */
  readonly names: readonly string[];
}

/** All candidates of an ADD; every NIC of `ippools`, else the NIC of the request. */
export interface Candidates {
  readonly source: Source;
  /** NICs in source order, IPv4 before IPv6; the NIC of the request is among them, and no `names` is empty. */
  readonly candidates: readonly Candidate[];
  readonly notes: readonly PlanNote[];
}

/**
 * Finds the candidates: the first source that applies wins completely (spec/ipam.md §4).
 *
 * @throws {IpamError} for bad annotations, and `no-ippool-available` when nothing is left for the NIC of the request
 */
export function candidatesOf(facts: AddFacts): Candidates {
  const found = expandListed(listedPools(facts), facts);
  requireCandidate(found, facts);
  return found;
}

/**
 * The candidates that `listed` stands for: patterns expanded, families that are off left aside.
 *
 * @throws {IpamError} `wrong-input` for a malformed pattern or a repeated name
 */
export function expandListed({ source, nics }: Listed, facts: AddFacts): Candidates {
  const expanded = nics.flatMap((nic) => [expandFamily(nic, 4, facts), expandFamily(nic, 6, facts)]);
  const wanted = expanded.map(({ candidate }) => candidate).filter(({ names }) => names.length > 0);
  const notes = [
    ...expanded.flatMap((family) => family.notes),
    ...wanted.filter(({ family }) => !isEnabled(family, facts)).map(disabledNote),
  ];
  return { source, candidates: wanted.filter(({ family }) => isEnabled(family, facts)), notes };
}

/**
 * Makes sure that something is left for the NIC of the request.
 *
 * @throws {IpamError} `no-ippool-available`
 */
export function requireCandidate({ source, candidates, notes }: Candidates, { request: { nic } }: AddFacts): void {
  if (!candidates.some((candidate) => candidate.nic === nic)) throw nothingLeft(source, notes, nic);
}

function expandFamily(
  nic: NicPools,
  family: Family,
  facts: AddFacts,
): { readonly candidate: Candidate; readonly notes: readonly PlanNote[] } {
  const entries = family === 4 ? nic.ipv4 : nic.ipv6;
  const existing = entries.some(isPattern) ? poolNamesOf(facts.pools, family) : [];
  const { names, repeated, unmatched } = expand(entries, existing);
  if (repeated.length > 0) {
    throw new IpamError("wrong-input", `IPPool "${repeated[0]}" is listed more than once for "${nic.interface}"`);
  }
  return {
    candidate: { nic: nic.interface, family, cleanGateway: nic.cleanGateway, names },
    notes: unmatched.map((pattern) => ({ code: "pattern-unmatched", nic: nic.interface, family, pattern })),
  };
}

function expand(entries: readonly string[], existing: readonly string[]): ReturnType<typeof expandNames> {
  try {
    return expandNames(entries, existing);
  } catch (cause) {
    if (cause instanceof SyntaxError) throw new IpamError("wrong-input", cause.message, { cause });
    throw cause;
  }
}

function nothingLeft(source: Source, notes: readonly PlanNote[], nic: string): IpamError {
  const own = notes.filter((note) => note.nic === nic);
  const why = own.length === 0 ? "no pool is named" : own.map(formatNote).join("; ");
  return new IpamError(
    "no-ippool-available",
    `nothing is left for ${JSON.stringify(nic)} of ${formatSource(source)}: ${why}`,
  );
}

function disabledNote({ nic, family, names }: Candidate): PlanNote {
  return { code: "family-disabled", nic, family, names };
}
