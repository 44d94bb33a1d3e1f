import { isNetlinkError } from "../../net/netlink/mod.ts";
import { needsNetns, TestNetns } from "./netns.ts";

/** Kinds of links that a kernel may lack. */
export type OptionalKind = "vlan" | "bond";

/** A reason to skip unless this kernel makes links of `kind`; asked by making one. */
export function needsLinkKind(kind: OptionalKind): string | undefined {
  return needsNetns() ?? (hasLinkKind(kind) ? undefined : `needs a kernel with links of kind ${kind}`);
}

/** A reason to skip where this kernel makes links of `kind`. */
export function needsLackOf(kind: OptionalKind): string | undefined {
  return needsNetns() ?? (hasLinkKind(kind) ? `needs a kernel without links of kind ${kind}` : undefined);
}

function hasLinkKind(kind: OptionalKind): boolean {
  using netns = new TestNetns();
  using nl = netns.open();
  nl.createVeth({ name: "end0", peer: { name: "end1" } });
  const parentIndex = nl.linkByName("end0").index;
  try {
    if (kind === "vlan") nl.createVlan({ name: "new0", parentIndex, id: 1 });
    else nl.createBond({ name: "new0", bond: {} });
    return true;
  } catch (err) {
    if (isNetlinkError(err, "EOPNOTSUPP")) return false;
    throw err;
  }
}
