import type { StatefulSet } from "../core/mod.ts";

/** Which Pod of which StatefulSet a name means. */
export interface StatefulSetOrdinal {
  readonly statefulSet: string;
  readonly ordinal: number;
}

/** Splits `db-0` into the StatefulSet's name and the number; `undefined` for a name of another form. */
export function ordinalOfPod(podName: string): StatefulSetOrdinal | undefined {
  const match = /^(.*)-([0-9]+)$/.exec(podName);
  if (match === null) return undefined;
  const [, statefulSet = "", digits = ""] = match;
  return { statefulSet, ordinal: Number(digits) };
}

/**
 * Whether the StatefulSet still wants a Pod of this name: it exists (even terminating) and the number is in its range
 * (spec/controller.md §6.8).
 *
 * @param statefulSet the one {@linkcode ordinalOfPod} names, `undefined` if it does not exist
 */
export function isWantedOrdinal(podName: string, statefulSet: StatefulSet | undefined): boolean {
  const pod = ordinalOfPod(podName);
  if (pod === undefined || statefulSet === undefined || statefulSet.metadata.name !== pod.statefulSet) return false;
  const start = statefulSet.spec.ordinals?.start ?? 0;
  return start <= pod.ordinal && pod.ordinal < start + (statefulSet.spec.replicas ?? 1);
}
