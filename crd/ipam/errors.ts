import type { Family } from "../../net/ip/mod.ts";
import type { PlanFindings } from "./findings.ts";
import { formatPoolReasons, type PoolReason, type Reason } from "./reasons.ts";
import { formatSource, type Source } from "./source.ts";

/** What went wrong, for callers; people read the message. */
export type IpamErrorCode =
  /** A bad annotation, a duplicate pool, bad routes. */
  | "wrong-input"
  /** No source names a pool, or every pool was filtered out. */
  | "no-ippool-available"
  /** At least one pool was fit, but has no free address. */
  | "ip-used-out"
  /** A pool named by the source does not exist. */
  | "pool-not-found"
  /** A subnet annotation asks for an auto-created pool that is not there yet: it may appear. */
  | "auto-pool-missing"
  /** A subnet annotation cannot be served by this configuration or this kind of application. */
  | "auto-pool-unusable"
  /** A namespace annotation cannot be read. */
  | "namespace-annotation"
  | "dead-pod"
  | "pod-not-found"
  | "pod-uid-mismatch"
  /** An object between the Pod and its top controller is missing. */
  | "owner-not-found"
  /** The deadline passed or the caller has gone. */
  | "retries-exhausted"
  /** A fixed address is recorded for somebody else. */
  | "data-broken"
  | "internal";

/** Upstream's words for a code, which people and programs look for; spec/ipam.md §16. */
const sentinels: Partial<Record<IpamErrorCode, string>> = {
  "wrong-input": "wrong input",
  "no-ippool-available": "no IPPool available",
  "ip-used-out": "all IP addresses used out",
  "retries-exhausted": "exhaust all retries",
  "data-broken": "data broken",
};

/** What {@linkcode IpamError} knows beyond its code. */
export interface IpamErrorOptions {
  /** Every pool that was looked at, and why it was not used. @default [] */
  readonly reasons?: readonly PoolReason[];
  /** Words before the first colon. @default "Cannot allocate addresses" */
  readonly action?: string;
  readonly cause?: unknown;
  /** What judging the pools had found out until then. */
  readonly findings?: PlanFindings;
}

/** An allocation or release that was refused. The message holds upstream's sentinel text of `code`. */
export class IpamError extends Error {
  override readonly name = "IpamError";
  /** Every pool that was looked at, and why it was not used. */
  readonly reasons: readonly PoolReason[];
  /** What judging the pools had found out until then; `undefined` if it did not come to that. */
  readonly findings: PlanFindings | undefined;
  readonly #options: IpamErrorOptions;

  constructor(readonly code: IpamErrorCode, readonly detail: string, options: IpamErrorOptions = {}) {
    const { reasons = [], action = "Cannot allocate addresses", cause, findings } = options;
    const sentinel = sentinels[code];
    super(
      `${action}: ${sentinel === undefined ? "" : `${sentinel}: `}${detail}`,
      cause === undefined ? undefined : { cause },
    );
    this.reasons = reasons;
    this.findings = findings;
    this.#options = options;
  }

  /** The same error, with what judging the pools had found out. */
  withFindings(findings: PlanFindings): IpamError {
    return new IpamError(this.code, this.detail, { ...this.#options, findings });
  }
}

/** One NIC and family for which no pool gave an address. */
export interface FamilyRefusal {
  readonly nic: string;
  readonly family: Family;
  readonly source: Source;
  /** Every pool of the source, with its reason. */
  readonly reasons: readonly PoolReason[];
}

/**
 * The error of an ADD in which `refusals` got no address: `data-broken` when a fixed one is somebody else's,
 * `ip-used-out` when a pool was fit but had nothing to give, else `no-ippool-available`. The message names each pool and
 * its reason.
 */
export function refusedError(
  refusals: readonly FamilyRefusal[],
  options: Pick<IpamErrorOptions, "cause" | "findings"> = {},
): IpamError {
  const reasons = refusals.flatMap((refusal) => refusal.reasons);
  const code = reasons.some(({ reason }) => reason.code === "record-of-other")
    ? "data-broken"
    : reasons.some(({ reason }) => isUsedOut(reason))
    ? "ip-used-out"
    : "no-ippool-available";
  return new IpamError(code, refusals.map(formatRefusal).join("; "), { ...options, reasons });
}

/** Whether the pool was fit for the Pod and only lacked a free address: waiting may help. */
export function isUsedOut(reason: Reason): boolean {
  return reason.code === "used-out" || reason.code === "record-limit" || reason.code === "record-size";
}

function formatRefusal({ nic, family, source, reasons }: FamilyRefusal): string {
  return `IPv${family} of ${JSON.stringify(nic)} from ${formatSource(source)}: ${formatPoolReasons(reasons)}`;
}
