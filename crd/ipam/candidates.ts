import type { Family } from "../../net/ip/mod.ts";
import type { NicPools } from "./annotations.ts";
import { IpamError } from "./errors.ts";
import { type AddFacts, isEnabled } from "./facts.ts";
import { poolNamesOf } from "./pool_family.ts";
import { formatSource, type Source } from "./source.ts";
import { listedPools } from "./sources.ts";
import { expandNames, isPattern } from "./wildcard.ts";

/** One NIC and family, and the pools that the source names for it. */
export interface Candidate {
  readonly nic: string;
  readonly family: Family;
  readonly cleanGateway: boolean;
  /** In the order of the source: entry by entry, matches of a pattern by name; none twice. */
  readonly names: readonly string[];
}

/** What was asked for and left aside without failing the ADD. */
export type PlanNote =
  | {
    readonly code: "family-disabled";
    readonly nic: string;
    readonly family: Family;
    readonly names: readonly string[];
  }
  | { readonly code: "pattern-unmatched"; readonly nic: string; readonly family: Family; readonly pattern: string };

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
  const { source, nics } = listedPools(facts);
  const expanded = nics.flatMap((nic) => [expandFamily(nic, 4, facts), expandFamily(nic, 6, facts)]);
  const wanted = expanded.map(({ candidate }) => candidate).filter(({ names }) => names.length > 0);
  const candidates = wanted.filter(({ family }) => isEnabled(family, facts));
  const notes = [
    ...expanded.flatMap((family) => family.notes),
    ...wanted.filter(({ family }) => !isEnabled(family, facts)).map(disabledNote),
  ];
  if (!candidates.some(({ nic }) => nic === facts.request.nic)) throw nothingLeft(source, notes, facts.request.nic);
  return { source, candidates, notes };
}

/** Says a {@linkcode PlanNote} in a log, an error or `explain`. */
export function formatNote(note: PlanNote): string {
  const nic = JSON.stringify(note.nic);
  return note.code === "family-disabled"
    ? `IPv${note.family} is disabled in spiderpool-conf, so ${note.names.join(", ")} is not used for ${nic}`
    : `pattern ${JSON.stringify(note.pattern)} matches no IPv${note.family} IPPool for ${nic}`;
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
