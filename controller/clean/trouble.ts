import { isConflict, isOutcomeUnknown, KubeApiError } from "../../crd/kube/mod.ts";

/** Whether trying again may help although nobody repairs anything: conflicts, overload, no or broken answers. */
export function isPassing(err: unknown): boolean {
  return isConflict(err) || (err instanceof KubeApiError && err.status === 429) || isOutcomeUnknown(err);
}

/** What went wrong in words for an operator; a refused permission comes with what to do. */
export function describeTrouble(err: unknown): string {
  const text = err instanceof Error ? err.message : String(err);
  if (!(err instanceof KubeApiError) || (err.status !== 401 && err.status !== 403)) return text;
  return `${text}; run with the ServiceAccount spiderpool-clean of manifests/, or as a cluster administrator`;
}
