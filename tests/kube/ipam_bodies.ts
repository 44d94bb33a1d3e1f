/** What objects of a test's cluster are made of. */

/** A body, or a part of one. */
export type Body = Readonly<Record<string, unknown>>;

/** Path of our group and version. */
export const spiderpool = "/apis/spiderpool.spidernet.io/v2beta1";

/** Pools of the worked scenarios (spec/ipam.md §17). */
export const scenarioPools: Readonly<Record<string, Body>> = {
  v4a: { ipVersion: 4, subnet: "10.1.0.0/24", ips: ["10.1.0.10-10.1.0.12"], gateway: "10.1.0.1" },
  v4b: { ipVersion: 4, subnet: "10.2.0.0/24", ips: ["10.2.0.10-10.2.0.20"], gateway: "10.2.0.1" },
  v6a: { ipVersion: 6, subnet: "fd00:1::/64", ips: ["fd00:1::10-fd00:1::20"], gateway: "fd00:1::1" },
};

/** What a Pod is made of. */
export interface PodOptions {
  readonly annotations?: Readonly<Record<string, string>>;
  readonly labels?: Readonly<Record<string, string>>;
  /** The controller's reference. */
  readonly owner?: Body;
  readonly node?: string;
  readonly restartPolicy?: string;
}

/** An object of ours. */
export function kind(name: string, metadata: Body, rest: Body): Body {
  return { apiVersion: "spiderpool.spidernet.io/v2beta1", kind: name, metadata, ...rest };
}

/** A Pod; where nothing else is said, of node `n1`, with labels of an application `web`. */
export function podBody(name: string, options: PodOptions = {}): Body {
  const { annotations = {}, labels = { app: "web" }, owner, node = "n1", restartPolicy = "Always" } = options;
  const ownerReferences = owner === undefined ? {} : { ownerReferences: [{ controller: true, ...owner }] };
  return {
    metadata: { name, annotations: fullKeys(annotations), labels, ...ownerReferences },
    spec: { nodeName: node, restartPolicy, containers: [{ name: "main", image: "busybox" }] },
  };
}

/** A StatefulSet, with fields of `spec` on top. */
export function statefulSetBody(name: string, spec: Body): Body {
  const template = {
    metadata: { labels: { app: name } },
    spec: { containers: [{ name: "main", image: "busybox" }] },
  };
  const selector = { matchLabels: { app: name } };
  return { metadata: { name }, spec: { serviceName: name, selector, template, ...spec } };
}

function fullKeys(annotations: Readonly<Record<string, string>>): Record<string, string> {
  const entries = Object.entries(annotations);
  return Object.fromEntries(
    entries.map(([key, value]) => [key.includes("/") ? key : `ipam.spidernet.io/${key}`, value]),
  );
}
