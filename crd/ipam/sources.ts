import { annotationKeys } from "./annotations.ts";
import { defaultPools, namespacePools, requestedPools } from "./default_sources.ts";
import { IpamError } from "./errors.ts";
import { type AddFacts, podTextOf } from "./facts.ts";
import { annotatedNics, annotatedPools } from "./ippool_sources.ts";
import type { NicPools } from "./pool_annotations.ts";
import { type SearchedSource, searchedSources, type SourceAttempt } from "./source.ts";
import type { Finding } from "./source_finding.ts";
import { subnetPools } from "./subnet_sources.ts";

/** What a source lists, before patterns are expanded. */
export interface Listed {
  readonly source: SearchedSource;
  readonly nics: readonly NicPools[];
}

/** What asking the sources one after the other came to. */
export interface SourceSearch {
  /** Every source, in order. */
  readonly attempts: readonly SourceAttempt[];
  /** What the first one that applies lists, or why nothing can be listed. */
  readonly outcome: { readonly kind: "listed"; readonly listed: Listed } | {
    readonly kind: "failed";
    readonly error: IpamError;
  };
}

const finders: Record<SearchedSource, (facts: AddFacts) => Finding> = {
  "pod-subnets": (facts) => subnetPools(annotationKeys.subnets, facts),
  "pod-subnet": (facts) => subnetPools(annotationKeys.subnet, facts),
  "pod-ippools": annotatedNics,
  "pod-ippool": annotatedPools,
  "namespace-default": namespacePools,
  "cni-config": requestedPools,
  "cluster-default": defaultPools,
};

/** Asks the sources in order (spec/ipam.md §4.1): the first that applies wins completely, the others are not asked. */
export function searchSources(facts: AddFacts): SourceSearch {
  const attempts: SourceAttempt[] = [];
  let outcome: SourceSearch["outcome"] | undefined;
  for (const source of searchedSources) {
    if (outcome !== undefined) {
      attempts.push({ source, verdict: "not-asked" });
      continue;
    }
    const found = ask(source, facts);
    attempts.push(found.attempt);
    outcome = found.outcome;
  }
  return { attempts, outcome: outcome ?? { kind: "failed", error: noSource(facts) } };
}

/**
 * What the first source that applies lists.
 *
 * @throws {IpamError} if that source cannot be read or used, or none applies
 */
export function listedPools(facts: AddFacts): Listed {
  const { outcome } = searchSources(facts);
  if (outcome.kind === "failed") throw outcome.error;
  return outcome.listed;
}

function ask(
  source: SearchedSource,
  facts: AddFacts,
): { readonly attempt: SourceAttempt; readonly outcome: SourceSearch["outcome"] | undefined } {
  try {
    const found = finders[source](facts);
    if (typeof found === "string") return { attempt: { source, verdict: found }, outcome: undefined };
    const outcome = { kind: "listed", listed: { source, nics: found } } as const;
    return { attempt: { source, verdict: "applies" }, outcome };
  } catch (error) {
    if (!(error instanceof IpamError)) throw error;
    return { attempt: { source, verdict: "unusable", detail: error.detail }, outcome: { kind: "failed", error } };
  }
}

function noSource(facts: AddFacts): IpamError {
  const pod = podTextOf(facts.pod);
  return new IpamError(
    "no-ippool-available",
    facts.request.arePoolsUnknown === true
      ? `neither ${pod} nor its namespace names an IPPool, no IPPool is the cluster's default (spec.default), ` +
        "and what the CNI configuration names is not known here"
      : `neither ${pod}, its namespace nor the CNI configuration names an IPPool, ` +
        "and no IPPool is the cluster's default (spec.default)",
  );
}
