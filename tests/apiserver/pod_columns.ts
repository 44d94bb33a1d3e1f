/** Cells of Pods. Source: kubernetes, `printPod`, without init containers' details. */
import { arrayOr, at, type Json, stringOf } from "./json.ts";
import type { ApiObject } from "./object.ts";

function part(object: ApiObject, ...path: string[]): Json | undefined {
  return at(object as unknown as Json, ...path);
}

function statusesOf(object: ApiObject): Json[] {
  return arrayOr(part(object, "status", "containerStatuses"));
}

/** Such as `1/2`. */
export function podReady(object: ApiObject): string {
  const ready = statusesOf(object).filter((status) => at(status, "ready") === true).length;
  return `${ready}/${arrayOr(part(object, "spec", "containers")).length}`;
}

/** Sum over the containers. */
export function podRestarts(object: ApiObject): string {
  return String(
    statusesOf(object).reduce<number>((sum, status) => {
      const count = at(status, "restartCount");
      return sum + (typeof count === "number" ? count : 0);
    }, 0),
  );
}

/** Phase, or the reason of what is wrong, or Terminating. */
export function podStatus(object: ApiObject): string {
  if (object.metadata.deletionTimestamp !== undefined) {
    return part(object, "status", "reason") === "NodeLost" ? "Unknown" : "Terminating";
  }
  const reasons = statusesOf(object).map((status) =>
    stringOf(at(status, "state", "waiting", "reason")) ?? stringOf(at(status, "state", "terminated", "reason"))
  );
  return reasons.find((reason) => reason !== undefined) ?? stringOf(part(object, "status", "reason")) ??
    stringOf(part(object, "status", "phase")) ?? "";
}
