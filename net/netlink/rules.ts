import { type Family, formatPrefix } from "../ip/mod.ts";
import {
  addressFamily,
  deleteRulePayload,
  familyOf,
  newRulePayload,
  type Rule,
  ruleOf,
  rulePayload,
  type RuleSpec,
} from "../route/mod.ts";
import { NLM_F, RTM } from "../uapi/mod.ts";
import type { Connection } from "./connection.ts";

/** Policy routing rules of the netns of the netlink socket. */
export interface RuleOperations {
  /** In the order they are asked; by default both families, IPv4 first. Like `ip rule show`. @throws {NetlinkError} */
  rules(filter?: { readonly family?: Family | undefined }): Rule[];
  /**
   * Like `ip rule add …`. Without a priority the kernel gives each its own, so equal rules pile up: look first.
   *
   * @throws {NetlinkError} EEXIST if the same rule with the same priority is there
   */
  addRule(spec: RuleSpec): void;
  /** Like `ip rule del …`; what is left out is not compared. @throws {NetlinkError} ENOENT if there is none */
  deleteRule(spec: RuleSpec): void;
}

/** The rule operations over `connection`. */
export function ruleOperations(connection: Connection): RuleOperations {
  function list(family: Family): Rule[] {
    const payload = rulePayload.encode(rulePayload.of({ family: addressFamily(family) }));
    return connection.dump({ type: RTM.GETRULE, payload }, { operation: `list IPv${family} rules`, target: "" })
      .map((message) => rulePayload.decode(message.payload, { what: "rule", offset: 0 }))
      .filter((found) => familyOf(found.header.family) === family)
      .map(ruleOf);
  }
  return {
    rules: ({ family } = {}) => family === undefined ? [...list(4), ...list(6)] : list(family),
    addRule(spec) {
      const payload = rulePayload.encode(newRulePayload(spec));
      const flags = NLM_F.CREATE | NLM_F.EXCL;
      connection.execute({ type: RTM.NEWRULE, flags, payload }, { operation: "add rule", target: describe(spec) });
    },
    deleteRule(spec) {
      const payload = rulePayload.encode(deleteRulePayload(spec));
      connection.execute({ type: RTM.DELRULE, payload }, { operation: "delete rule", target: describe(spec) });
    },
  };
}

function describe({ family, priority, source, destination, mark, table }: RuleSpec): string {
  return [
    `IPv${family}`,
    priority === undefined ? undefined : `priority ${priority}`,
    source === undefined ? undefined : `from ${formatPrefix(source)}`,
    destination === undefined ? undefined : `to ${formatPrefix(destination)}`,
    mark === undefined ? undefined : `fwmark ${mark}`,
    table === undefined ? undefined : `lookup ${table}`,
  ].filter((part) => part !== undefined).join(" ");
}
