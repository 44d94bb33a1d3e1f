import type { Family } from "../../net/ip/mod.ts";
import { annotationKeys } from "./annotations.ts";
import { parseIpPools } from "./pool_annotations.ts";
import { annotationText } from "./auto_pool.ts";
import { expandListed } from "./candidates.ts";
import { type AddFacts, podTextOf } from "./facts.ts";
import type { Source } from "./source.ts";
import { searchSources } from "./sources.ts";

/** What one NIC is to get, by the names of pools alone. */
export interface NicIntent {
  readonly nic: string;
  /** Names for each family, also for one that is disabled in spiderpool-conf. */
  readonly names: Readonly<Record<Family, readonly string[]>>;
  /** Families that an allocation would serve. */
  readonly families: readonly Family[];
}

/** Which pools the first source that applies names, and for which NICs. */
export interface Intent {
  readonly source: Source;
  /** In source order; the NIC of the request and, with `ippools`, all others. */
  readonly nics: readonly NicIntent[];
  /** Whether `nics` are all that the Pod is to have. */
  readonly isComplete: boolean;
  /** Whether the source counts NICs instead of naming them. */
  readonly isByIndex: boolean;
}

/**
 * What the sources of pools say by names: no pool is looked at (spec/ipam.md §11.2).
 *
 * @returns `undefined` when no source says anything, or a dry run does not know all: whoever has addresses keeps them
 * @throws {IpamError} if the source that applies cannot be read
 */
export function intentOf(facts: AddFacts): Intent | undefined {
  const { attempts, outcome } = searchSources(facts);
  const saysNothing = attempts.every(({ verdict }) => verdict !== "applies" && verdict !== "unusable");
  if (saysNothing || attempts.some(({ verdict }) => verdict === "unknown")) return undefined;
  if (outcome.kind === "failed") throw outcome.error;
  const { source, candidates, notes } = expandListed(outcome.listed, facts);
  const disabled = notes.flatMap((note) => note.code === "family-disabled" ? [note] : []);
  const nics = outcome.listed.nics.map(({ interface: nic }): NicIntent => {
    const own = candidates.filter((candidate) => candidate.nic === nic);
    const namesOf = (family: Family) =>
      [...own, ...disabled.filter((note) => note.nic === nic)].find((one) => one.family === family)?.names ?? [];
    return { nic, names: { 4: namesOf(4), 6: namesOf(6) }, families: own.map(({ family }) => family) };
  });
  const isComplete = source === "pod-ippools";
  return { source, nics, isComplete, isByIndex: isComplete && hasUnnamedItems(facts) };
}

function hasUnnamedItems({ pod }: AddFacts): boolean {
  const annotation = annotationText(pod.metadata.annotations ?? {}, annotationKeys.ippools, podTextOf(pod));
  return annotation !== undefined && parseIpPools(annotation)[0]?.interface === "";
}
