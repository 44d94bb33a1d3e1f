import { annotationKeys } from "../../crd/ipam/annotations.ts";
import { type Attachments, attachmentsOf } from "../../crd/ipam/attachments.ts";
import type { AddRun } from "./add_run.ts";

/** Longer names are not recorded: annotations are bounded, and such a network's addresses are the controller's to free. */
const MAX_NAME = 253;

/**
 * `attachments` with the CNI network of each NIC, by which a GC knows its own: that of this ADD for its NIC; the others
 * keep what their own ADD of this Pod said. An ADD of a plugin that tells none takes it away.
 */
export function withNetworks(
  attachments: Attachments,
  { args, endpoint, podUid }: Pick<AddRun, "args" | "endpoint" | "podUid">,
): Attachments {
  const isOwn = endpoint?.status?.current.uid === podUid;
  const before = isOwn ? attachmentsOf(endpoint.metadata.annotations?.[annotationKeys.attachments]) : {};
  const { networkName = "" } = args;
  const told = networkName.length <= MAX_NAME ? networkName : "";
  return Object.fromEntries(
    Object.entries(attachments).map(([nic, attachment]) => {
      const network = nic === args.ifName ? told : before[nic]?.network ?? "";
      return [nic, network === "" ? attachment : { ...attachment, network }];
    }),
  );
}
