/** A Kubernetes Event as it goes over the wire. */
import type { Random } from "../../net/base/random.ts";
import type { KubeObject, ResourceType } from "./contract.ts";

/** Source: `k8s.io/kubernetes/pkg/apis/core/validation/events.go`. */
const LIMITS = { messageChars: 1024, reasonChars: 128, nameChars: 253 };

/** Which object an Event is about. Source: Kubernetes API reference, `ObjectReference v1 core`. */
export interface ObjectReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string | undefined;
  readonly uid?: string | undefined;
}

/** One thing that happened. */
export interface EventInput {
  readonly object: ObjectReference;
  /** `Warning`: somebody should look. */
  readonly type: "Normal" | "Warning";
  /** UpperCamelCase, for programs: `AllocationFailed`. */
  readonly reason: string;
  /** For people; longer than 1024 characters is cut. */
  readonly message: string;
  /** What makes it the same as an earlier Event of this object and reason: that one is counted up. @default message */
  readonly cause?: string;
  /** How often it happened. @default 1 */
  readonly times?: number;
}

/** An Event on the wire. Source: Kubernetes API reference, `Event v1 core`. */
export interface CoreEvent extends KubeObject {
  involvedObject: { [field in keyof ObjectReference]: ObjectReference[field] };
  type: string;
  reason: string;
  message: string;
  count: number;
  firstTimestamp: string;
  lastTimestamp: string;
  source: { component: string; host?: string };
  reportingComponent: string;
  reportingInstance: string;
}

/** Events on the wire. */
export const eventType: ResourceType<CoreEvent> = {
  group: "",
  version: "v1",
  kind: "Event",
  plural: "events",
  namespaced: true,
  hasStatus: false,
};

/** What happened, how often and when. */
export interface CountedEvent {
  readonly input: EventInput;
  /** Milliseconds since the epoch. */
  readonly firstAt: number;
  /** Milliseconds since the epoch. */
  readonly lastAt: number;
  readonly count: number;
}

/** Who tells of it. */
export interface Reporter {
  readonly name: string;
  readonly component: string;
  readonly host?: string | undefined;
}

/** The Event to create. */
export function coreEventOf(
  { input, firstAt, lastAt, count }: CountedEvent,
  { name, component, host }: Reporter,
): CoreEvent {
  return {
    apiVersion: "v1",
    kind: "Event",
    metadata: { name, namespace: eventNamespaceOf(input) },
    involvedObject: { ...input.object },
    type: input.type,
    reason: input.reason.slice(0, LIMITS.reasonChars),
    message: input.message.slice(0, LIMITS.messageChars),
    count,
    firstTimestamp: timestamp(firstAt),
    lastTimestamp: timestamp(lastAt),
    source: { component, ...(host !== undefined && { host }) },
    reportingComponent: component,
    reportingInstance: host ?? component,
  };
}

/** Namespace of the Event: those of cluster-scoped objects live in `default`, the server accepts no other for them. */
export function eventNamespaceOf({ object }: EventInput): string {
  return object.namespace ?? "default";
}

/** What is the same for a repetition of `input`. */
export function eventKeyOf({ object, type, reason, message, cause = message }: EventInput): string {
  const { apiVersion, kind, namespace, name, uid } = object;
  return JSON.stringify([apiVersion, kind, namespace, name, uid, type, reason, cause.slice(0, LIMITS.messageChars)]);
}

/** A new name for an Event of the object `objectName`. */
export function eventName(objectName: string, random: Random): string {
  const suffix = Math.floor(random() * 2 ** 48).toString(16).padStart(12, "0");
  const prefix = objectName.slice(0, LIMITS.nameChars - suffix.length - 1).replace(/[^a-z0-9]+$/, ""); // no ".." after a cut
  return `${prefix}.${suffix}`;
}

/** `metav1.Time`: RFC 3339 in whole seconds. */
export function timestamp(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d+Z$/, "Z");
}
