import { compareAddresses } from "../ip/mod.ts";
import { isNetlinkError, unlessNetlinkError } from "../netlink/mod.ts";
import type { Neighbor, NeighborSpec } from "../route/mod.ts";
import { NUD } from "../uapi/mod.ts";
import type { StepNetlink, Undo } from "./undo.ts";

/** Sets a neighbor for good; undone, whoever was known there before is known again. */
export function setNeighborUndoably(netlink: StepNetlink, spec: NeighborSpec): Undo {
  try {
    netlink.addNeighbor(spec);
  } catch (err) {
    if (!isNetlinkError(err, "EEXIST")) throw err;
    const before = find(netlink, spec);
    netlink.replaceNeighbor(spec);
    return () => restore(netlink, { spec, before });
  }
  return () => forget(netlink, spec);
}

/** Deletes a neighbor; undone, it is known again, unless it was gone before. */
export function deleteNeighborUndoably(
  netlink: StepNetlink,
  spec: Pick<NeighborSpec, "index" | "destination">,
): Undo {
  const before = find(netlink, spec);
  forget(netlink, spec);
  return () => restore(netlink, { spec, before });
}

type NeighborKey = Pick<NeighborSpec, "index" | "destination">;

function find(netlink: StepNetlink, { index, destination }: NeighborKey): Neighbor | undefined {
  return netlink.neighbors({ index, family: destination.family }).find((neighbor) =>
    compareAddresses(neighbor.destination, destination) === 0
  );
}

function forget(netlink: StepNetlink, { index, destination }: NeighborKey): void {
  unlessNetlinkError(["ENOENT", "ENODEV"], () => netlink.deleteNeighbor({ index, destination }));
}

/** One whose link-layer address was not known is nothing to put back. */
function restore(netlink: StepNetlink, { spec, before }: { spec: NeighborKey; before: Neighbor | undefined }): void {
  if (before?.lladdr === undefined) return forget(netlink, spec);
  const isFixed = (before.state & (NUD.PERMANENT | NUD.NOARP)) !== 0;
  // of what was learned the kernel makes sure again before long
  netlink.replaceNeighbor({ ...before, state: isFixed ? before.state : NUD.STALE });
}
