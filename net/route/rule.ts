import type { Family, Prefix } from "../ip/mod.ts";
import { FIB_RULE, FR_ACT, FRA, IFNAMSIZ, RT_TABLE } from "../uapi/mod.ts";
import {
  type AttributesOf,
  attributeTable,
  cString,
  ipBytes,
  payloadTable,
  type StructOf,
  structTable,
  u32,
  u8,
  WireError,
} from "../wire/mod.ts";
import { addressFamily, familyOf } from "./family.ts";
import { headerTable, prefixFrom } from "./route_parts.ts";

/** `struct fib_rule_hdr`. Source: linux/fib_rules.h. */
export const ruleHeader = structTable("fib_rule_hdr", {
  family: u8,
  destinationLength: u8,
  sourceLength: u8,
  tos: u8,
  table: u8,
  reserved1: u8,
  reserved2: u8,
  action: u8,
  flags: u32,
});

/** Attributes after `struct fib_rule_hdr`. Source: linux/fib_rules.h. */
export const ruleAttributes = attributeTable("rule attribute", {
  destination: [FRA.DST, ipBytes],
  source: [FRA.SRC, ipBytes],
  inputName: [FRA.IIFNAME, cString(IFNAMSIZ)],
  outputName: [FRA.OIFNAME, cString(IFNAMSIZ)],
  goto: [FRA.GOTO, u32],
  priority: [FRA.PRIORITY, u32],
  mark: [FRA.FWMARK, u32],
  mask: [FRA.FWMASK, u32],
  table: [FRA.TABLE, u32],
  suppressPrefixLength: [FRA.SUPPRESS_PREFIXLEN, u32],
  protocol: [FRA.PROTOCOL, u8],
});

/** Payload of RTM_NEWRULE, RTM_DELRULE and RTM_GETRULE. */
export const rulePayload = payloadTable(ruleHeader, ruleAttributes);

/** Decoded payload of a rule message. */
export interface RulePayload {
  readonly header: StructOf<typeof ruleHeader>;
  readonly attributes: AttributesOf<typeof ruleAttributes>;
}

/** A policy routing rule. */
export interface Rule {
  readonly family: Family;
  /** Lower ones are asked first. */
  readonly priority: number;
  /** `undefined`: from all. */
  readonly source: Prefix | undefined;
  /** `undefined`: to all. */
  readonly destination: Prefix | undefined;
  readonly mark: number | undefined;
  /** Bits of the packet's mark that are compared. */
  readonly mask: number | undefined;
  /** Name of the link a packet came in by (`iif`). */
  readonly inputName: string | undefined;
  /** Name of the link a packet goes out by (`oif`). */
  readonly outputName: string | undefined;
  readonly table: number;
  /** One of `FR_ACT`. */
  readonly action: number;
  /** Applies to packets that do not match (`not`). */
  readonly inverted: boolean;
}

/** A rule to add or delete; the defaults are those of adding. A {@linkcode Rule} is one. */
export interface RuleSpec {
  readonly family: Family;
  /** Left out, the kernel takes one below the lowest that is not 0. */
  readonly priority?: number | undefined;
  readonly source?: Prefix | undefined;
  readonly destination?: Prefix | undefined;
  readonly mark?: number | undefined;
  readonly mask?: number | undefined;
  readonly inputName?: string | undefined;
  readonly outputName?: string | undefined;
  /** @default {RT_TABLE.MAIN} */
  readonly table?: number | undefined;
  /** @default {FR_ACT.TO_TBL} */
  readonly action?: number | undefined;
  readonly inverted?: boolean | undefined;
}

/** Reads a rule out of an RTM_NEWRULE payload. @throws {WireError} if it is not one of IPv4 or IPv6 */
export function ruleOf({ header, attributes }: RulePayload): Rule {
  const family = familyOf(header.family);
  if (family === undefined) throw new WireError({ what: "rule", offset: 0 }, `address family ${header.family}`);
  return {
    family,
    priority: attributes.priority ?? 0,
    source: prefixFrom(attributes.source, header.sourceLength),
    destination: prefixFrom(attributes.destination, header.destinationLength),
    mark: attributes.mark,
    mask: attributes.mask,
    inputName: attributes.inputName,
    outputName: attributes.outputName,
    table: attributes.table ?? header.table,
    action: header.action,
    inverted: (header.flags & FIB_RULE.INVERT) !== 0,
  };
}

/** Payload that adds a rule. */
export function newRulePayload({ table = RT_TABLE.MAIN, action = FR_ACT.TO_TBL, ...spec }: RuleSpec): RulePayload {
  return payloadOf({ ...spec, table, action });
}

/** Payload that deletes a rule: what is left out is not compared, table and action included. */
export function deleteRulePayload(spec: RuleSpec): RulePayload {
  return payloadOf(spec);
}

function payloadOf(
  { family, source, destination, table, action = 0, inverted = false, ...rest }: RuleSpec,
): RulePayload {
  const header = {
    family: addressFamily(family),
    sourceLength: source?.length ?? 0,
    destinationLength: destination?.length ?? 0,
    table: headerTable(table ?? RT_TABLE.UNSPEC),
    action,
    flags: inverted ? FIB_RULE.INVERT : 0,
  };
  return rulePayload.of(header, {
    priority: rest.priority,
    source: source?.address,
    destination: destination?.address,
    mark: rest.mark,
    mask: rest.mask,
    inputName: rest.inputName,
    outputName: rest.outputName,
    table,
  });
}
