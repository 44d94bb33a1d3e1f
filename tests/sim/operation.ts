import type { SpiderIPPoolSpec } from "../../crd/generated/mod.ts";

/**
 * How a Pod ends. `orderly`: DEL, then the object goes; `object-first`: the other way round; `forced`: the object goes
 * at once, the kubelet notices later; `missed`: no DEL ever comes; `completed`: its work is done, the object stays a while.
 */
export type EndStyle = "orderly" | "object-first" | "forced" | "missed" | "completed";

/** Who owns a Pod. */
export type PodOwner = "none" | "ReplicaSet" | "Job" | "StatefulSet" | "static" | "VM";

/** Something that somebody outside of IPAM does, or a mishap: a value, so that a history can be kept and cut. */
export type Operation =
  | {
    readonly do: "create";
    readonly name: string;
    readonly owner: PodOwner;
    /** Name of the node. */
    readonly node: string;
    /** Index into `podNetworks`. */
    readonly network: number;
    /** The runtime does not say the Pod's UID. */
    readonly isAnonymous?: true;
  }
  /** `life`: id of the operation that created the Pod. */
  | { readonly do: "end"; readonly life: number; readonly style: EndStyle }
  | { readonly do: "replace-sandbox"; readonly life: number }
  | { readonly do: "repeat-add"; readonly life: number }
  | { readonly do: "check"; readonly life: number }
  /** Somebody in the network answers for the Pod's first address. */
  | { readonly do: "conflict"; readonly life: number }
  | { readonly do: "hang-up"; readonly life: number }
  /** Kills the agent at its `steps`-th step from now. */
  | { readonly do: "kill"; readonly node: string; readonly steps: number }
  | { readonly do: "scan" }
  | {
    readonly do: "edit-pool";
    readonly pool: string;
    readonly change: Partial<SpiderIPPoolSpec>;
    readonly forMs: number;
  }
  /** Deletes a pool and the Pods that use it; it goes when nothing is recorded in it, and comes again `forMs` later. */
  | { readonly do: "recreate-pool"; readonly pool: string; readonly forMs: number }
  | { readonly do: "reserve"; readonly address: string; readonly forMs: number }
  | { readonly do: "scale"; readonly replicas: number }
  /** The StatefulSet's Pods are connected in another way when they are made anew. */
  | { readonly do: "retemplate"; readonly network: number }
  /** `network`: index into `podNetworks` of what the VM's template names. */
  | { readonly do: "start-vm"; readonly vm: string; readonly node: string; readonly network: number }
  | {
    readonly do: "migrate-vm";
    readonly vm: string;
    readonly node: string;
    /** Index into `podNetworks` of what the VM's template names by now. */
    readonly template: number;
    /** How the new Pod ends when the VM stays where it is. */
    readonly fails?: EndStyle;
  }
  | { readonly do: "stop-vm"; readonly vm: string; readonly style: EndStyle; readonly isDeleted: boolean }
  /** `client` cannot reach the API server, or nobody of its peers. */
  | { readonly do: "partition"; readonly client: string; readonly forMs: number }
  /** The agent of `node` takes `byMs` longer for whatever it sends or answers. */
  | { readonly do: "slow-down"; readonly node: string; readonly byMs: number; readonly forMs: number }
  | { readonly do: "storm"; readonly forMs: number; readonly kills: Readonly<Record<string, number>> }
  /** Somebody sets the node's clock. */
  | { readonly do: "step-clock"; readonly node: string; readonly byMs: number }
  | { readonly do: "compact" }
  /** Nothing happens for some minutes, and nothing goes wrong. */
  | { readonly do: "lull" };

/** The operation of one kind. */
export type OperationOf<Verb extends Operation["do"]> = Extract<Operation, { do: Verb }>;

/** An operation at its time. */
export interface Planned {
  /** Number in the history it was drawn in. */
  readonly id: number;
  /** Milliseconds since the first one. */
  readonly atMs: number;
  readonly operation: Operation;
}

/** One line for people. */
export function textOfPlanned({ id, atMs, operation }: Planned): string {
  const { do: verb, ...rest } = operation;
  const details = Object.entries(rest).map(([key, value]) =>
    `${key} ${typeof value === "object" ? JSON.stringify(value) : value}`
  );
  return `#${String(id).padEnd(5)} ${(atMs / 1000).toFixed(3).padStart(9)} s  ${verb.padEnd(15)} ${details.join(", ")}`;
}
