import type { Clock } from "../../net/base/clock.ts";
import { type Address, type Family, formatAddress } from "../../net/ip/address.ts";
import type { FamilyRefusal } from "../../crd/ipam/errors.ts";
import type { OrderedPool } from "../../crd/ipam/order.ts";
import type { PoolReason } from "../../crd/ipam/reasons.ts";
import type { PoolClaims } from "../../crd/ipam/requests.ts";
import type { Source } from "../../crd/ipam/source.ts";
import type { FreeSignal } from "./free_signal.ts";

/** One address that an ADD needs: one NIC, one family, any of `pools`. */
export interface Need {
  readonly nic: string;
  readonly family: Family;
  readonly source: Source;
  readonly cleanGateway: boolean;
  /** In the order to try; never empty. */
  readonly pools: readonly OrderedPool[];
  /** Pools of the source that may not serve it. */
  readonly unused: readonly PoolReason[];
  /** The address this NIC had; see {@linkcode ClaimRequest.want}. */
  readonly want?: Address;
  /** See {@linkcode ClaimRequest.formerUid}. */
  readonly formerUid?: string;
}

/** A need with its address. */
export interface Grant {
  readonly need: Need;
  readonly pool: Need["pools"][number];
  readonly address: Address;
  /** Whether the record was there before this request. */
  readonly existing: boolean;
  /** Pools that came before it and refused, and why. */
  readonly passed: readonly PoolReason[];
}

/** What came of `allocate()`. */
export type Allocated =
  | { readonly kind: "granted"; readonly grants: readonly Grant[] }
  | { readonly kind: "refused"; readonly refusals: readonly FamilyRefusal[] }
  /** Specs changed since they were judged: judge again. */
  | { readonly kind: "stale"; readonly pools: readonly string[] };

/** For whom, with what and until when `allocate()` works. */
export interface AllocateContext {
  readonly claims: PoolClaims;
  readonly freed: FreeSignal;
  readonly clock: Clock;
  /** `namespace/name`, UID and node of the records. */
  readonly owner: { readonly pod: string; readonly podUid: string; readonly node: string };
  /** Canonical addresses by NIC that the Pod holds already, as its endpoint says. */
  readonly held: ReadonlyMap<string, readonly string[]>;
  /** Milliseconds since the epoch. */
  readonly deadlineMs: number;
  readonly signal: AbortSignal;
  /** How long a request waits for a full pool, holding nothing, in milliseconds. */
  readonly waitMs: number;
  /** Gives back one grant; must not throw. */
  readonly undo: (grant: Grant) => Promise<void>;
  /** Throws unless the Pod has its name right now: before a record is taken over from another incarnation. */
  readonly confirmPod: () => Promise<unknown>;
  /** Told when a pool holds more of the Pod than this request can tell the NIC of. */
  readonly onLeftovers: () => void;
}

/** Canonical address of a grant, as it stands in the pool's records. */
export function addressOfGrant(grant: Pick<Grant, "address">): string {
  return formatAddress(grant.address);
}
