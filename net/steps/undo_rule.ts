import { compareAddresses, type Prefix } from "../ip/mod.ts";
import { unlessNetlinkError } from "../netlink/mod.ts";
import type { Rule } from "../route/mod.ts";
import type { Step, StepRule } from "./step.ts";
import { nothing, type StepNetlink, type Undo } from "./undo.ts";

/** Adds a rule that is not there; one that others share is never taken back. */
export function addRuleUndoably(
  netlink: StepNetlink,
  { rule, shared = false }: Extract<Step, { do: "addRule" }>,
): Undo {
  const added = unlessNetlinkError(["EEXIST"], () => {
    netlink.addRule(rule);
    return true;
  });
  return shared || added === undefined ? nothing : () => deleteOwn(netlink, rule);
}

/** Of equal rules the kernel puts the one without a priority first: ours is the lowest. */
function deleteOwn(netlink: StepNetlink, rule: StepRule): void {
  const own = netlink.rules({ family: rule.family }).find((other) => isSame(other, rule));
  if (own !== undefined) unlessNetlinkError(["ENOENT"], () => netlink.deleteRule(own));
}

function isSame(other: Rule, { priority, source, mark, mask, table }: StepRule): boolean {
  return (priority === undefined || other.priority === priority) && other.table === table &&
    isSamePrefix(other.source, source) && other.mark === mark && (mask === undefined || other.mask === mask) &&
    other.destination === undefined && other.inputName === undefined && other.outputName === undefined &&
    !other.inverted;
}

function isSamePrefix(a: Prefix | undefined, b: Prefix | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return a.length === b.length && compareAddresses(a.address, b.address) === 0;
}
