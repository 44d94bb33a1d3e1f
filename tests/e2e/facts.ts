/** What API server and kernels say about addresses, as plain values that can be compared. */
import type { AddressSet, Prefix } from "../../net/ip/mod.ts";

/** Everything that is compared, read at one moment. */
export interface Facts {
  readonly pods: readonly PodFact[];
  readonly pools: readonly PoolFact[];
  readonly endpoints: readonly EndpointFact[];
  readonly links: readonly LinkFact[];
}

/** A Pod as the API shows it. */
export interface PodFact {
  /** `namespace/name`. */
  readonly key: string;
  readonly uid: string;
  readonly phase: string;
  /** Condition `Ready`. */
  readonly isReady: boolean;
  /** Whether it is being deleted. */
  readonly isTerminating: boolean;
  readonly hostNetwork: boolean;
  /** `status.podIPs`, canonical. */
  readonly addresses: readonly string[];
}

/** A SpiderIPPool. */
export interface PoolFact {
  readonly name: string;
  readonly subnet: Prefix;
  /** What it may hand out. */
  readonly offered: AddressSet;
  /** `status.allocatedIPCount`; 0 if there is none. */
  readonly count: number;
  /** Without quarantined addresses. */
  readonly records: readonly RecordFact[];
  /** Number of quarantined addresses, which `count` includes. */
  readonly quarantined: number;
}

/** One record of a pool. */
export interface RecordFact {
  /** Canonical text. */
  readonly address: string;
  /** `namespace/name`. */
  readonly pod: string;
  readonly podUid: string;
  readonly nic: string;
}

/** A SpiderEndpoint. */
export interface EndpointFact {
  /** `namespace/name`. */
  readonly key: string;
  readonly podUid: string;
  readonly entries: readonly EndpointEntry[];
}

/** One address of an endpoint. */
export interface EndpointEntry {
  readonly nic: string;
  readonly pool: string;
  /** Canonical text without prefix length. */
  readonly address: string;
}

/** An address that the kernel of a node has in a Pod's network namespace; only scope global. */
export interface LinkFact {
  readonly node: string;
  /** Path of the network namespace in the node. */
  readonly netns: string;
  /** Of the sandbox that the namespace belongs to; `undefined` if it belongs to none. */
  readonly podUid: string | undefined;
  readonly ifname: string;
  /** Canonical text without prefix length. */
  readonly address: string;
}
