import type { Pod } from "../core/mod.ts";
import { deadReasonOf, hasPodEnded } from "./pod_alive.ts";
import type { PoolRecord } from "./record.ts";
import { vmiNameOf } from "./virtual_machine.ts";

/**
 * The Pod that may use a record's address although no Pod has the record's name: a VM's records have the VM's name, and
 * after a migration that failed they carry the UID of a Pod that has gone while another one runs the VM. Of several the
 * one that is furthest from its end.
 *
 * @param pods all of the record's namespace, or of the cluster
 */
export function podKeeping(record: PoolRecord, pods: readonly Pod[]): Pod | undefined {
  const possible = pods.filter((pod) => {
    const vm = vmiNameOf(pod);
    return pod.metadata.uid === record.podUid ||
      (vm !== undefined && `${pod.metadata.namespace}/${vm}` === record.pod);
  });
  const [last] = possible.filter((pod) => !hasPodEnded(pod)).toSorted((a, b) => dueMs(b) - dueMs(a));
  return possible.find((pod) => deadReasonOf(pod) === undefined) ?? last ?? possible[0];
}

/** Until when a terminating Pod may have addresses, in milliseconds since the epoch: `decideGc()` waits for it as long. */
function dueMs({ metadata: { deletionTimestamp = "", deletionGracePeriodSeconds = NaN }, status }: Pod): number {
  const atMs = Date.parse(deletionTimestamp) + deletionGracePeriodSeconds * 1000;
  if (status?.phase === "Pending" || Number.isNaN(atMs)) return Number.MAX_SAFE_INTEGER;
  return (status?.podIPs ?? []).length > 0 ? atMs : 0;
}
