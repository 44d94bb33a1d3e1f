/** Where the names of the candidate pools came from; the first source that applies wins completely. */
export type Source =
  | "pod-subnets"
  | "pod-subnet"
  | "pod-ippools"
  | "pod-ippool"
  | "namespace-default"
  | "cni-config"
  | "cluster-default"
  /** What the Pod held before, as its SpiderEndpoint says. */
  | "endpoint";

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

/** Says a {@linkcode Source} in an error, an Event or `explain`. */
export function formatSource(source: Source): string {
  return texts[source];
}
