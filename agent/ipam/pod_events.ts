import type { Clock } from "../../net/base/clock.ts";
import type { Pod } from "../../crd/core/mod.ts";
import { IpamError } from "../../crd/ipam/errors.ts";
import { formatNote, type PlanNote } from "../../crd/ipam/notes.ts";
import { vmiNameOf } from "../../crd/ipam/virtual_machine.ts";
import { KubeApiError } from "../../crd/kube/errors.ts";
import type { EventRecorder } from "../../crd/kube/events.ts";
import type { QuarantineNote } from "./conflict.ts";

/** Reasons of the Events that the agent records on Pods. Names stay as they are: people and programs look for them. */
export const podEventReasons = {
  /** An ADD was refused; the message is what the runtime was told. */
  allocationFailed: "IPAllocationFailed",
  /** A subnet annotation counts for nothing, because SpiderSubnet is off. */
  subnetAnnotationIgnored: "SubnetAnnotationIgnored",
  /** Other pools are named for the Pod by now; it has what it had until it is made anew. */
  changePending: "IPPoolChangePending",
  /** Somebody else in the network has an address that the Pod was given: it is set aside. */
  conflict: "IPConflict",
} as const;

/** What {@linkcode PodEvents} works with. */
export interface PodEventsDeps {
  readonly recorder: Pick<EventRecorder, "record">;
  readonly clock: Clock;
}

/** What is told of a Pod, most often a Warning. */
export interface PodWarning {
  readonly reason: string;
  readonly message: string;
  /** What makes it the same as an earlier one of this Pod and reason. */
  readonly cause: string;
  /** @default "Warning" */
  readonly type?: "Normal" | "Warning";
}

/** How long a cause that repeats is only counted, in milliseconds: the runtime tries again every few seconds. */
export const QUIET_MS = 60_000;
/** Causes that are remembered; the one that is longest ago is forgotten. */
const MAX_REMEMBERED = 1024;
/** Longest message of an Event, in characters (ASCII but for names in quotes that are not). */
const MAX_MESSAGE = 1024;
const CUT = "... (cut; GET /v1/ipam/explain of the node's agent tells all)";

interface Remembered {
  /** Until when repetitions are only counted, in milliseconds since the epoch. */
  untilMs: number;
  /** Repetitions that were not recorded yet. */
  repeated: number;
}

/**
 * Warning Events on Pods: one per Pod and cause, counted up at most once a minute while the cause repeats. Recording
 * returns at once and never fails; what cannot be sent is dropped by the recorder.
 */
export class PodEvents {
  readonly #deps: PodEventsDeps;
  /** By last use, the oldest first. */
  readonly #remembered = new Map<string, Remembered>();

  constructor(deps: PodEventsDeps) {
    this.#deps = deps;
  }

  /** An ADD of `nic` was refused. Causes that are no fault of Pod, pools or configuration have no Event. */
  allocationFailed(pod: Pod, nic: string, err: unknown): void {
    if (err instanceof IpamError && silentCodes.includes(err.code)) return;
    const message = err instanceof Error ? err.message : String(err);
    this.warn(pod, { reason: podEventReasons.allocationFailed, message, cause: `${nic} ${causeOf(err)}` });
  }

  /** What the Pod asks for and what is left aside, as far as somebody should look. */
  noted(pod: Pod, note: PlanNote): void {
    const { subnetAnnotationIgnored, changePending } = podEventReasons;
    const message = formatNote(note);
    if (note.code === "subnet-annotation-ignored") {
      this.warn(pod, { reason: subnetAnnotationIgnored, message, cause: note.annotation });
    } else if (note.code === "change-pending") {
      this.warn(pod, { reason: changePending, message, cause: message, type: "Normal" });
    }
  }

  /** An address of the Pod was set aside. */
  quarantined(pod: Pod, { nic, pool, address, mac, expiresMs }: QuarantineNote): void {
    const until = expiresMs === undefined ? "its record is removed" : new Date(expiresMs).toISOString();
    const vmi = vmiNameOf(pod);
    const holder = vmi === undefined ? `"${nic}"` : `"${nic}" of VM "${vmi}"`;
    const message = `${address} of IPPool "${pool}", given to ${holder}, is used by ${mac ?? "somebody else"} in the ` +
      `network: nobody gets it until ${until}; find who uses it, or list it in spec.excludeIPs or a SpiderReservedIP`;
    this.warn(pod, { reason: podEventReasons.conflict, message, cause: `${nic} ${pool} ${address}` });
  }

  /** Records it, unless the same one was recorded within the last minute: then it is counted. */
  warn({ metadata }: Pod, { reason, message, cause, type = "Warning" }: PodWarning): void {
    const { name, namespace, uid } = metadata;
    const times = this.#timesToRecord(JSON.stringify([uid, reason, cause]));
    if (times === 0) return;
    this.#deps.recorder.record({
      object: { apiVersion: "v1", kind: "Pod", name, namespace, uid },
      type,
      reason,
      message: fitMessage(message),
      cause,
      times,
    });
  }

  /** How often the cause came up since it was recorded last; 0 while it is only to be counted. */
  #timesToRecord(key: string): number {
    const nowMs = this.#deps.clock.now();
    const known = this.#remembered.get(key) ?? { untilMs: -Infinity, repeated: 0 };
    known.repeated++;
    this.#remember(key, known);
    if (nowMs < known.untilMs && nowMs >= known.untilMs - QUIET_MS) return 0;
    const times = known.repeated;
    Object.assign(known, { untilMs: nowMs + QUIET_MS, repeated: 0 });
    return times;
  }

  #remember(key: string, known: Remembered): void {
    this.#remembered.delete(key);
    this.#remembered.set(key, known);
    for (const oldest of this.#remembered.keys()) {
      if (this.#remembered.size <= MAX_REMEMBERED) return;
      this.#remembered.delete(oldest);
    }
  }
}

/** No Pod to tell it to, or one that ends anyway. */
const silentCodes: readonly IpamError["code"][] = ["pod-not-found", "pod-uid-mismatch", "dead-pod"];

/**
 * What makes two refusals of a NIC the same one: what is wrong with which pool, not the counts in the message.
 */
export function causeOf(err: unknown): string {
  if (err instanceof IpamError) {
    if (err.reasons.length > 0) {
      const reasons = err.reasons.map(({ nic, family, pool, reason }) => `${nic} ${family} ${pool} ${reason.code}`);
      return `${err.code}: ${reasons.sort().join(", ")}`;
    }
    return err.code === "retries-exhausted" ? err.code : `${err.code}: ${err.detail}`;
  }
  if (err instanceof KubeApiError) return `api ${err.status}`;
  return err instanceof Error ? err.name : "unknown";
}

/** `message` as it fits into an Event; one that is cut says where the rest is. */
export function fitMessage(message: string): string {
  return message.length <= MAX_MESSAGE ? message : `${message.slice(0, MAX_MESSAGE - CUT.length)}${CUT}`;
}
