/** What a DELETE does to an object. Pure. Source: apiserver, `registry/rest/delete.go` and `registry/generic/registry`. */
import { timestampOf } from "./core.ts";
import type { DeleteOptions } from "./delete.ts";
import { arrayOr, at, type JsonObject, objectOr, stringOf } from "./json.ts";
import { type ApiObject, finalizersOf, withField, withMeta } from "./object.ts";
import type { Resource } from "./resource.ts";

/** The finalizer of definitions. Source: `CustomResourceCleanupFinalizer`. */
export const CRD_CLEANUP = "customresourcecleanup.apiextensions.k8s.io";

/** What to do: nothing, remove it, or store it marked and perhaps remove it then. */
export type DeletePlan =
  | { readonly kind: "keep" }
  | { readonly kind: "remove" }
  | { readonly kind: "mark"; readonly object: ApiObject; readonly thenRemove: boolean };

interface PlanContext {
  readonly resource: Resource;
  readonly options: Pick<DeleteOptions, "gracePeriodSeconds" | "propagationPolicy">;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** Decides. */
export function planDelete(object: ApiObject, context: PlanContext): DeletePlan {
  const { resource, now } = context;
  if (isKind(resource, "Namespace")) return planNamespace(object, now);
  if (isDefinition(resource) && object.metadata.deletionTimestamp === undefined) return planDefinition(object, now);
  const graceful = isKind(resource, "Pod") ? gracefulMark(object, context) : undefined;
  if (graceful === "pending") return { kind: "keep" };
  const finalizers = finalizersFor(object, context.options);
  const named = withMeta(graceful ?? object, { finalizers: finalizers.length === 0 ? undefined : finalizers });
  if (graceful !== undefined) {
    const thenRemove = finalizers.length === 0 && graceful.metadata.deletionGracePeriodSeconds === 0;
    return { kind: "mark", object: named, thenRemove };
  }
  if (finalizers.length === 0) return { kind: "remove" };
  return { kind: "mark", object: markedNow(named, now), thenRemove: false };
}

function isKind({ group, kind }: Resource, wanted: string): boolean {
  return group === "" && kind === wanted;
}

function planNamespace(object: ApiObject, now: number): DeletePlan {
  if (object.metadata.deletionTimestamp !== undefined) return { kind: "keep" };
  const marked = withMeta(object, { deletionTimestamp: timestampOf(now) });
  const status = { ...objectOr(object.status), phase: "Terminating" };
  return { kind: "mark", object: withField(marked, "status", status), thenRemove: false };
}

function isDefinition({ kind, custom }: Resource): boolean {
  return kind === "CustomResourceDefinition" && !custom;
}

/** A definition goes once its objects have gone; a controller sees to that. */
function planDefinition(object: ApiObject, now: number): DeletePlan {
  const deletionTimestamp = timestampOf(now);
  const finalizers = [...new Set([...finalizersOf(object), CRD_CLEANUP])];
  const conditions = [...arrayOr(at(objectOr(object.status), "conditions")), terminating(deletionTimestamp)];
  const marked = withMeta(object, { deletionTimestamp, finalizers });
  const status = { ...objectOr(object.status), conditions };
  return { kind: "mark", object: withField(marked, "status", status), thenRemove: false };
}

function terminating(lastTransitionTime: string): JsonObject {
  const message = "CustomResource deletion is in progress";
  return { type: "Terminating", status: "True", lastTransitionTime, reason: "InstanceDeletionInProgress", message };
}

/** How Kinds that know no grace are marked while finalizers hold them. */
function markedNow(object: ApiObject, now: number): ApiObject {
  const { deletionTimestamp: before } = object.metadata;
  const isEarlier = typeof before === "string" && Date.parse(before) <= now;
  return withMeta(object, {
    ...(before === undefined ? nextGeneration(object) : {}),
    ...(isEarlier ? {} : { deletionTimestamp: timestampOf(now) }),
    deletionGracePeriodSeconds: 0,
  });
}

function nextGeneration({ metadata: { generation } }: ApiObject): { generation?: number } {
  return typeof generation === "number" ? { generation: generation + 1 } : {};
}

/** A Pod with its grace period started or shortened; `pending`: it runs already; `undefined`: it is over. */
function gracefulMark(object: ApiObject, { options, now }: PlanContext): ApiObject | "pending" | undefined {
  const { deletionTimestamp, deletionGracePeriodSeconds: before } = object.metadata;
  if (deletionTimestamp === undefined) return startGrace(object, { seconds: graceOf(object, options), now });
  if (typeof before !== "number" || before === 0) return undefined;
  const wanted = positive(options.gracePeriodSeconds ?? before);
  if (wanted >= before) return "pending";
  const end = Date.parse(String(deletionTimestamp)) - (before - wanted) * 1000;
  const isOver = end < now;
  return withMeta(object, {
    deletionTimestamp: timestampOf(isOver ? now : end),
    deletionGracePeriodSeconds: isOver && wanted !== 0 ? 1 : wanted,
  });
}

function startGrace(object: ApiObject, { seconds, now }: { seconds: number; now: number }): ApiObject {
  const deletionTimestamp = timestampOf(now + seconds * 1000);
  return withMeta(object, { deletionTimestamp, deletionGracePeriodSeconds: seconds, ...nextGeneration(object) });
}

/** Seconds a Pod may take to stop: none if no kubelet has it, or it has ended. */
function graceOf(object: ApiObject, { gracePeriodSeconds }: PlanContext["options"]): number {
  const own = at(objectOr(object.spec), "terminationGracePeriodSeconds");
  const phase = at(objectOr(object.status), "phase");
  if (!stringOf(at(objectOr(object.spec), "nodeName")) || phase === "Failed" || phase === "Succeeded") return 0;
  return positive(gracePeriodSeconds ?? (typeof own === "number" ? own : 0));
}

/** A negative grace period counts as one second. */
function positive(seconds: number): number {
  return seconds < 0 ? 1 : seconds;
}

function finalizersFor(object: ApiObject, { propagationPolicy }: PlanContext["options"]): string[] {
  const others = finalizersOf(object).filter((item) => item !== "orphan" && item !== "foregroundDeletion");
  switch (propagationPolicy) {
    case "Orphan":
      return [...others, "orphan"];
    case "Foreground":
      return [...others, "foregroundDeletion"];
    case "Background":
      return others;
    case undefined:
      return finalizersOf(object);
  }
}
