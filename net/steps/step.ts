import type { Address, Family, Prefix } from "../ip/mod.ts";
import type { BondData, RouteMetrics } from "../route/mod.ts";
import type { Bytes } from "../wire/mod.ts";

/** The netns that a step acts in. */
export type Place = "host" | "pod";

/** One way of a multipath route; its link by name. */
export interface StepHop {
  readonly link: string;
  readonly gateway?: Address | undefined;
  readonly weight?: number | undefined;
}

/** A unicast route; links by name, because a step may be planned before its link exists. */
export interface StepRoute {
  readonly destination: Prefix;
  /** Left out for a multipath route. */
  readonly link?: string | undefined;
  readonly gateway?: Address | undefined;
  readonly preferredSource?: Address | undefined;
  /** Metric. */
  readonly priority?: number | undefined;
  readonly table: number;
  /** One of `RT_SCOPE`; by default as ip(8). */
  readonly scope?: number | undefined;
  /** One of `RTPROT`. @default {RTPROT.BOOT} */
  readonly protocol?: number | undefined;
  /** Only `RTNH_F.ONLINK` counts. */
  readonly flags?: number | undefined;
  readonly metrics?: RouteMetrics | undefined;
  readonly hops?: readonly StepHop[] | undefined;
}

/** A policy routing rule. Without a priority the kernel takes one below the lowest that is not 0. */
export interface StepRule {
  readonly family: Family;
  readonly priority?: number | undefined;
  readonly source?: Prefix | undefined;
  readonly mark?: number | undefined;
  readonly mask?: number | undefined;
  readonly table: number;
}

/** What a step changes of a link. */
export interface StepLinkChanges {
  readonly up?: boolean | undefined;
  readonly address?: Bytes | undefined;
  readonly mtu?: number | undefined;
  readonly txQueueLength?: number | undefined;
  /** Name of the bond or bridge that it becomes part of; empty: of none. */
  readonly master?: string | undefined;
}

/** What a bond is made with; its links by name. */
export interface StepBond {
  readonly mode: number;
  /** Bytes; its members get the same. */
  readonly mtu: number;
  readonly primary?: string | undefined;
  /** Everything but mode and links. */
  readonly options: Omit<BondData, "mode" | "primary" | "activeSlave" | "other">;
}

/** One end of a veth pair. */
export interface StepVethEnd {
  readonly name: string;
  /** Link-layer address. */
  readonly address: Bytes;
  /** Bytes. */
  readonly mtu: number;
}

/** An answer to a connection leaves by the link it came in on: packets are marked when they come in by it. */
export interface MarkRules {
  readonly families: readonly Family[];
  readonly link: string;
  /** The bits that are ours. */
  readonly mark: number;
}

/** One change of a netns. */
export type Step =
  | { readonly do: "createVeth"; readonly place: Place; readonly end: StepVethEnd; readonly peer: StepVethEnd }
  | {
    readonly do: "createVlan";
    readonly place: Place;
    readonly link: string;
    readonly parent: string;
    /** 1–4094, of 802.1Q. */
    readonly id: number;
  }
  | { readonly do: "createBond"; readonly place: Place; readonly link: string; readonly bond: StepBond }
  | {
    /** Goes with its bond: not taken back. */
    readonly do: "activateMember";
    readonly place: Place;
    readonly link: string;
    readonly member: string;
  }
  | { readonly do: "deleteLink"; readonly place: Place; readonly link: string }
  | {
    readonly do: "changeLink";
    readonly place: Place;
    readonly link: string;
    readonly to: StepLinkChanges;
    /** What it was; empty: it is not taken back. */
    readonly from: StepLinkChanges;
  }
  | {
    readonly do: "addAddress";
    readonly place: Place;
    readonly link: string;
    readonly prefix: Prefix;
  }
  | {
    readonly do: "writeSysctl";
    readonly place: Place;
    /** With slashes. */
    readonly key: string;
    readonly value: string;
    /** What it was; `undefined`: it need not be taken back. */
    readonly from: string | undefined;
  }
  | {
    readonly do: "setNeighbor";
    readonly place: Place;
    readonly link: string;
    readonly destination: Address;
    readonly lladdr: Bytes;
  }
  | {
    readonly do: "deleteNeighbor";
    readonly place: Place;
    readonly link: string;
    readonly destination: Address;
  }
  | {
    readonly do: "addRoute";
    readonly place: Place;
    readonly route: StepRoute;
    /** Beside one with the same destination and metric. */
    readonly append?: boolean;
  }
  | { readonly do: "replaceRoute"; readonly place: Place; readonly route: StepRoute }
  | { readonly do: "deleteRoute"; readonly place: Place; readonly route: StepRoute }
  | {
    readonly do: "addRule";
    readonly place: Place;
    readonly rule: StepRule;
    /** Others use it too: it is never taken back. */
    readonly shared?: boolean;
  }
  | {
    /** In place of what our tables of these families held; undone, they are gone: families that have them stay out of it. */
    readonly do: "markConnections";
    readonly place: Place;
    readonly rules: MarkRules;
  };
