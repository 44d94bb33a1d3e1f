/**
 * The answer of `GET /v1/ipam/explain`: what an ADD of a Pod would do now, and why. This project's own; members may be
 * added, and codes may be added to the lists of codes.
 */

/** What `explain` is asked. Members that are absent are not known. */
export interface ExplainQuery {
  readonly podNamespace: string;
  readonly podName: string;
  /** Absent: every NIC that is known of the Pod. */
  readonly ifName?: string;
  /** `defaultIPv4IPPool` and `defaultIPv6IPPool` of the CNI configuration; one that is known makes the other empty. */
  readonly defaultIPv4IPPool?: readonly string[];
  readonly defaultIPv6IPPool?: readonly string[];
  readonly cleanGateway?: boolean;
  readonly matchMasterSubnet?: boolean;
}

/** Answer of `GET /v1/ipam/explain`. */
export interface ExplainAnswer {
  podNamespace: string;
  podName: string;
  podUID: string;
  /** Node of the Pod; empty while it is not scheduled. */
  node: string;
  /** `explained`; `other-node`: ask the agent of `node`; `not-scheduled`; `host-network`: no ADD ever comes. */
  outcome: string;
  /** One for each NIC; empty unless `outcome` is `explained`. */
  attachments: ExplainAttachment[];
  /** All of it for people; lines end with a newline. */
  text: string;
}

/** What an ADD of one NIC would do. */
export interface ExplainAttachment {
  ifName: string;
  /** `served`, `reused` (from the SpiderEndpoint) or `refused`. */
  outcome: string;
  /** What the runtime would be told, when `outcome` is `refused`. */
  error?: string;
  /** The CNI request that was assumed. */
  args: ExplainArg[];
  owner?: ExplainOwner;
  endpoint?: ExplainStep;
  /** Sources of pools in the order in which they are asked; the first that applies wins. */
  sources: ExplainStep[];
  families: ExplainFamily[];
  /** What was asked for and left aside. */
  notes: ExplainStep[];
  lastAdd?: ExplainLastAdd;
}

/** A member of the CNI request. */
export interface ExplainArg {
  name: string;
  /** `query`, `last-add` (of this NIC, as the agent remembers it) or `unknown`: taken as empty or false. */
  origin: string;
  values: string[];
}

/** The application the Pod belongs to. */
export interface ExplainOwner {
  apiVersion: string;
  kind: string;
  name: string;
  /** `statefulset` or `kubevirt`: addresses stay when the Pod is created again. */
  keeps?: string;
}

/** One step of a decision. */
export interface ExplainStep {
  /** For programs. */
  code: string;
  /** What it is about: a source, an annotation. */
  subject?: string;
  /** For people. */
  text: string;
}

/** One NIC and family. */
export interface ExplainFamily {
  nic: string;
  version: 4 | 6;
  /** Code of the source of the pools. */
  source: string;
  /** Without a prefix length; absent when no pool gives one. */
  address?: string;
  /** Pool of `address`. */
  ipPool?: string;
  /** Code of why it is that address. */
  why?: string;
  whyText?: string;
  pools: ExplainPool[];
}

/** One pool of a source. */
export interface ExplainPool {
  name: string;
  /** Place in the order to try, from 1; absent for a pool that may not serve the NIC. */
  place?: number;
  /** Fields of its spec that put it before others. */
  preferences: string[];
  /** `used`, `not-tried` (an earlier pool serves, or it did not come to that), or the code of a reason. */
  verdict: string;
  text: string;
  /** What is in the pool; absent when it was not looked into. */
  counts?: ExplainCounts;
}

/** Addresses of a pool as decimal numbers: IPv6 pools have more than a JSON number can count. */
export interface ExplainCounts {
  offered: string;
  free: string;
  releasedLately: string;
  recorded: string;
  quarantined: string;
  reserved: string;
}

/** The last ADD of this NIC that the agent remembers. */
export interface ExplainLastAdd {
  /** RFC 3339. */
  time: string;
  containerID: string;
  podUID: string;
  /** What the runtime was told; absent when it was served. */
  error?: string;
}
