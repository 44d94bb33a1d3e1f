import type { Family } from "../../net/ip/mod.ts";
import { formatPendingChange, type PendingChange } from "./pending_change.ts";

/** What was asked for and left aside without failing the ADD. */
export type PlanNote =
  | {
    readonly code: "family-disabled";
    readonly nic: string;
    readonly family: Family;
    readonly names: readonly string[];
  }
  | { readonly code: "pattern-unmatched"; readonly nic: string; readonly family: Family; readonly pattern: string }
  /** A subnet annotation while SpiderSubnet is off; `annotation` is its key. */
  | { readonly code: "subnet-annotation-ignored"; readonly nic: string; readonly annotation: string }
  /** The sources name other pools than those that the Pod's addresses are from. */
  | { readonly code: "change-pending"; readonly nic: string; readonly change: PendingChange };

/** Says a {@linkcode PlanNote} in a log, an error, an Event or `explain`. */
export function formatNote(note: PlanNote): string {
  if (note.code === "change-pending") return formatPendingChange(note.change);
  const nic = JSON.stringify(note.nic);
  switch (note.code) {
    case "family-disabled":
      return `IPv${note.family} is disabled in spiderpool-conf, so ${note.names.join(", ")} is not used for ${nic}`;
    case "pattern-unmatched":
      return `pattern ${JSON.stringify(note.pattern)} matches no IPv${note.family} IPPool for ${nic}`;
    case "subnet-annotation-ignored":
      return `annotation ${note.annotation} is ignored: enableSpiderSubnet is off in spiderpool-conf; ` +
        "switch it on and restart spiderpool-agent and spiderpool-controller, or remove the annotation";
    default:
      return note satisfies never;
  }
}
