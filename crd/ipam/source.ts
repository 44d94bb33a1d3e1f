/** Where the names of the candidate pools came from; the first source that applies wins completely. */
export type Source =
  | SearchedSource
  /** What the Pod held before, as its SpiderEndpoint says. */
  | "endpoint";

/** Sources in the order in which they are asked; spec/ipam.md §4.1. */
export const searchedSources = [
  "pod-subnets",
  "pod-subnet",
  "pod-ippools",
  "pod-ippool",
  "namespace-default",
  "cni-config",
  "cluster-default",
] as const;

/** One of {@linkcode searchedSources}. */
export type SearchedSource = typeof searchedSources[number];

/** What became of asking one source. */
export type SourceVerdict =
  /** It names the pools; no later source is asked. */
  | "applies"
  /** It applies, but cannot be read or used: the ADD is refused. */
  | "unusable"
  /** The annotation is not there. */
  | "absent"
  /** It is there and names nothing. */
  | "empty"
  /** The annotation is there, but its feature is off in spiderpool-conf: it is left aside. */
  | "feature-off"
  /** What the CNI request says is not known: in a dry run only. */
  | "unknown"
  /** Not asked: an earlier one applies. */
  | "not-asked";

/** One source and what became of asking it. */
export interface SourceAttempt {
  readonly source: SearchedSource;
  readonly verdict: SourceVerdict;
  /** More than the verdict says, for people. */
  readonly detail?: string;
}

const texts: Record<Source, string> = {
  "pod-subnets": 'the Pod annotation "ipam.spidernet.io/subnets"',
  "pod-subnet": 'the Pod annotation "ipam.spidernet.io/subnet"',
  "pod-ippools": 'the Pod annotation "ipam.spidernet.io/ippools"',
  "pod-ippool": 'the Pod annotation "ipam.spidernet.io/ippool"',
  "namespace-default": "the default IPPools of the namespace",
  "cni-config": "the CNI configuration",
  "cluster-default": "the cluster's default IPPools",
  "endpoint": "the SpiderEndpoint of the Pod",
};

const verdictTexts: Record<SourceVerdict, string> = {
  "applies": "applies",
  "unusable": "cannot be used",
  "absent": "not there",
  "empty": "names no IPPool",
  "feature-off": "left aside: enableSpiderSubnet is off in spiderpool-conf",
  "unknown": "not known here",
  "not-asked": "not asked: an earlier source applies",
};

/** Says a {@linkcode Source} in an error, an Event or `explain`. */
export function formatSource(source: Source): string {
  return texts[source];
}

/** Says a {@linkcode SourceAttempt}: `the CNI configuration: names no IPPool`. */
export function formatAttempt({ source, verdict, detail }: SourceAttempt): string {
  return `${texts[source]}: ${verdictTexts[verdict]}${detail === undefined ? "" : ` (${detail})`}`;
}
