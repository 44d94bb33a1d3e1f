import type { Family } from "../ip/mod.ts";
import { addressFamily } from "../route/mod.ts";
import {
  NF,
  NF_CT_STATE,
  NF_INET,
  NF_IP_PRI,
  NFNL_SUBSYS,
  NFT_CMP,
  NFT_CT,
  NFT_META,
  NFT_MSG,
  NFT_REG,
  NFTA_BITWISE,
  NFTA_CHAIN,
  NFTA_CMP,
  NFTA_CT,
  NFTA_DATA,
  NFTA_EXPR,
  NFTA_HOOK,
  NFTA_LIST,
  NFTA_META,
  NFTA_RULE,
  NFTA_TABLE,
} from "../uapi/nf_tables.ts";
import { IFNAMSIZ, NLM_F } from "../uapi/mod.ts";
import { type Bytes, cString, encodeAttribute, joinBytes, nestedType, u32, u32be } from "../wire/mod.ts";

/** A message of a transaction. */
export interface NftMessage {
  /** Message type with its subsystem. */
  readonly type: number;
  /** Flags of `NLM_F` beside REQUEST and ACK. */
  readonly flags: number;
  readonly payload: Bytes;
  /** In words, for errors. */
  readonly what: string;
}

/** Connections to follow: those that come in by `link`, in the bits `mark`. */
export interface ConnectionMark {
  readonly link: string;
  /** Not 0. */
  readonly mark: number;
}

/** Name of our table, one per family. */
export const MARK_TABLE = "spiderpool";
/** How many rules {@linkcode markMessages} makes. */
export const MARK_RULES = 3;

/**
 * Rules that mark the answers of a connection that came in by a link, in a table of their own that is made anew:
 *
 *     chain prerouting { type filter hook prerouting priority mangle; policy accept;
 *       iifname LINK ct state new meta mark set meta mark | MARK
 *       meta mark & MARK != 0 ct mark set ct mark | MARK }
 *     chain output { type route hook output priority mangle; policy accept;
 *       ct mark & MARK != 0 meta mark set meta mark | MARK }
 *
 * Other bits of either mark are left alone. Chains of type `route` choose the route of a packet again when its mark changes.
 */
export function markMessages(family: Family, { link, mark }: ConnectionMark): NftMessage[] {
  const prerouting = { family, chain: "prerouting" };
  return [
    tableMessage(NFT_MSG.NEWTABLE, family),
    tableMessage(NFT_MSG.DELTABLE, family), // whatever was in it
    tableMessage(NFT_MSG.NEWTABLE, family),
    chainMessage(prerouting, { type: "filter", hook: NF_INET.PRE_ROUTING }),
    ruleMessage(prerouting, [...incomingBy(link), ...isNew(), ...orMark("meta", mark)]),
    ruleMessage(prerouting, [...hasMark("meta", mark), ...orMark("ct", mark)]),
    chainMessage({ family, chain: "output" }, { type: "route", hook: NF_INET.LOCAL_OUT }),
    ruleMessage({ family, chain: "output" }, [...hasMark("ct", mark), ...orMark("meta", mark)]),
  ];
}

/** Removes our table with all that is in it. */
export function unmarkMessages(family: Family): NftMessage[] {
  return [tableMessage(NFT_MSG.DELTABLE, family)];
}

/** Payload that lists the rules of our table. */
export function listRulesPayload(family: Family): Bytes {
  return joinBytes([nfHeader(addressFamily(family), 0), text(NFTA_RULE.TABLE, MARK_TABLE)]);
}

/** `struct nfgenmsg`: u8 family, u8 version, u16 big-endian resource. Source: linux/netfilter/nfnetlink.h. */
export function nfHeader(family: number, resource: number): Bytes {
  return Uint8Array.of(family, 0, resource >> 8, resource & 0xff);
}

/** The type field of a message of nf_tables. */
export function nftType(message: number): number {
  return (NFNL_SUBSYS.NFTABLES << 8) | message;
}

interface ChainName {
  readonly family: Family;
  readonly chain: string;
}

function tableMessage(message: number, family: Family): NftMessage {
  const payload = joinBytes([nfHeader(addressFamily(family), 0), text(NFTA_TABLE.NAME, MARK_TABLE)]);
  const flags = message === NFT_MSG.NEWTABLE ? NLM_F.CREATE : 0;
  return { type: nftType(message), flags, payload, what: `table ${MARK_TABLE} of IPv${family}` };
}

function chainMessage({ family, chain }: ChainName, { type, hook }: { type: string; hook: number }): NftMessage {
  const payload = joinBytes([
    nfHeader(addressFamily(family), 0),
    text(NFTA_CHAIN.TABLE, MARK_TABLE),
    text(NFTA_CHAIN.NAME, chain),
    nested(NFTA_CHAIN.HOOK, [number(NFTA_HOOK.HOOKNUM, hook), number(NFTA_HOOK.PRIORITY, NF_IP_PRI.MANGLE >>> 0)]),
    number(NFTA_CHAIN.POLICY, NF.ACCEPT),
    text(NFTA_CHAIN.TYPE, type),
  ]);
  return { type: nftType(NFT_MSG.NEWCHAIN), flags: NLM_F.CREATE, payload, what: `chain ${chain} of IPv${family}` };
}

function ruleMessage({ family, chain }: ChainName, expressions: readonly Bytes[]): NftMessage {
  const payload = joinBytes([
    nfHeader(addressFamily(family), 0),
    text(NFTA_RULE.TABLE, MARK_TABLE),
    text(NFTA_RULE.CHAIN, chain),
    nested(NFTA_RULE.EXPRESSIONS, expressions),
  ]);
  const flags = NLM_F.CREATE | NLM_F.APPEND; // without, it would become the first of its chain
  return { type: nftType(NFT_MSG.NEWRULE), flags, payload, what: `rule of chain ${chain} of IPv${family}` };
}

function incomingBy(link: string): Bytes[] {
  const name = new Uint8Array(IFNAMSIZ); // compared whole, with the zeros behind it
  name.set(new TextEncoder().encode(link));
  return [load("meta", NFT_META.IIFNAME), compare(NFT_CMP.EQ, name)];
}

function isNew(): Bytes[] {
  return [load("ct", NFT_CT.STATE), masked(NF_CT_STATE.NEW, 0), compare(NFT_CMP.NEQ, u32.encode(0))];
}

function hasMark(of: "meta" | "ct", mark: number): Bytes[] {
  return [load(of, markKey(of)), masked(mark, 0), compare(NFT_CMP.NEQ, u32.encode(0))];
}

/** Keeps the other bits: mark = (mark & ~bits) ^ bits. */
function orMark(of: "meta" | "ct", mark: number): Bytes[] {
  const sourceRegister = of === "meta" ? NFTA_META.SREG : NFTA_CT.SREG;
  const key = of === "meta" ? NFTA_META.KEY : NFTA_CT.KEY;
  const store = expression(of, [number(key, markKey(of)), number(sourceRegister, NFT_REG.R1)]);
  return [load(of, markKey(of)), masked(~mark >>> 0, mark), store];
}

function markKey(of: "meta" | "ct"): number {
  return of === "meta" ? NFT_META.MARK : NFT_CT.MARK;
}

function load(from: "meta" | "ct", fact: number): Bytes {
  const { DREG, KEY } = from === "meta" ? NFTA_META : NFTA_CT;
  return expression(from, [number(DREG, NFT_REG.R1), number(KEY, fact)]);
}

/** The register as `value & mask ^ xor`; marks and states are in host order there. */
function masked(mask: number, xor: number): Bytes {
  return expression("bitwise", [
    number(NFTA_BITWISE.SREG, NFT_REG.R1),
    number(NFTA_BITWISE.DREG, NFT_REG.R1),
    number(NFTA_BITWISE.LEN, u32.size),
    literal(NFTA_BITWISE.MASK, u32.encode(mask)),
    literal(NFTA_BITWISE.XOR, u32.encode(xor)),
  ]);
}

function compare(operation: number, value: Uint8Array): Bytes {
  return expression("cmp", [
    number(NFTA_CMP.SREG, NFT_REG.R1),
    number(NFTA_CMP.OP, operation),
    literal(NFTA_CMP.DATA, value),
  ]);
}

function expression(name: string, data: readonly Bytes[]): Bytes {
  return nested(NFTA_LIST.ELEM, [text(NFTA_EXPR.NAME, name), nested(NFTA_EXPR.DATA, data)]);
}

function literal(type: number, value: Uint8Array): Bytes {
  return nested(type, [encodeAttribute(NFTA_DATA.VALUE, value)]);
}

function nested(type: number, members: readonly Bytes[]): Bytes {
  return encodeAttribute(nestedType(type), joinBytes(members));
}

function number(type: number, value: number): Bytes {
  return encodeAttribute(type, u32be.encode(value));
}

function text(type: number, value: string): Bytes {
  return encodeAttribute(type, cString(64).encode(value));
}
