import { type Address, parseAddress } from "../../net/ip/mod.ts";
import { type BondOption, bondOptions } from "../../net/route/mod.ts";
import { type Bytes, parseMac } from "../../net/wire/mod.ts";
import { invalidConfig } from "./errors.ts";
import type { BondSettings } from "./settings.ts";

/** Other names of options. The first two are what upstream calls them. */
const aliases: Readonly<Record<string, string>> = {
  up_delay: "updelay",
  peer_notif_delay: "num_grat_arp", // upstream sets IFLA_BOND_NUM_PEER_NOTIF by it
  num_unsol_na: "num_grat_arp",
  down_delay: "downdelay",
  ad_lacp_rate: "lacp_rate",
};

/** Many times what all options together need. */
const MAX_LENGTH = 4096;

/** What the text of `bond.options` says. */
export interface ParsedBondOptions extends Pick<BondSettings, "primary" | "activeMember" | "options"> {
  /** Keys that no bond has: passed over, as upstream does. */
  readonly warnings: readonly string[];
}

/** One item of the text. */
interface Item {
  readonly key: string;
  readonly text: string;
  readonly members: readonly string[];
}

/**
 * Reads `bond.options`: `key=value` items with `;` between them, blanks around anything. Values are numbers, the names of the
 * kernel's documentation (`layer3+4`), or lists of addresses as JSON or with commas. The last item of a key counts.
 *
 * @param members names that `primary` and `active_slave` may have
 * @throws {CniError} code 7, naming the item
 */
export function parseBondOptions(text: string, members: readonly string[]): ParsedBondOptions {
  if (text.length > MAX_LENGTH) {
    throw invalidConfig(`Cannot read bond.options: ${text.length} characters, at most ${MAX_LENGTH} are read`);
  }
  const warnings: string[] = [];
  let parsed: Omit<ParsedBondOptions, "warnings"> = { primary: undefined, activeMember: undefined, options: {} };
  for (const item of itemsOf(text, members)) {
    const option = optionNamed(item.key);
    if (option === undefined) warnings.push(`ignored the unknown bond option ${item.key}`);
    else parsed = withOption(parsed, { option, item });
  }
  return { ...parsed, warnings };
}

function itemsOf(text: string, members: readonly string[]): Item[] {
  return text.split(";").map((item) => item.trim()).filter((item) => item !== "").map((item) => {
    const parts = item.split("=").map((part) => part.trim());
    const [key = "", value = ""] = parts;
    if (parts.length === 2 && key !== "" && value !== "") return { key, text: value, members };
    throw invalidConfig(`Cannot read bond.options: ${JSON.stringify(item)} is no key=value`);
  });
}

function optionNamed(key: string): BondOption | undefined {
  const name = Object.hasOwn(aliases, key) ? aliases[key] ?? key : key;
  return Object.hasOwn(bondOptions, name) ? bondOptions[name] : undefined;
}

function withOption(
  parsed: Omit<ParsedBondOptions, "warnings">,
  { option, item }: { option: BondOption; item: Item },
): Omit<ParsedBondOptions, "warnings"> {
  const { options } = parsed;
  switch (option.type) {
    case "link":
      return { ...parsed, [option.attribute === "primary" ? "primary" : "activeMember"]: memberIn(item) };
    case "number":
      return { ...parsed, options: { ...options, [option.attribute]: numberIn(item, option) } };
    case "addresses":
      return { ...parsed, options: { ...options, [option.attribute]: addressesIn(item, option.most) } };
    case "mac":
      return { ...parsed, options: { ...options, [option.attribute]: macIn(item) } };
    default:
      return option satisfies never;
  }
}

function memberIn(item: Item): string {
  if (item.members.includes(item.text)) return item.text;
  throw wrongValue(item, `it must be one of the interfaces ${item.members.join(", ")}`);
}

function numberIn(item: Item, { range: [min, max], names }: Extract<BondOption, { type: "number" }>): number {
  const named = names?.indexOf(item.text) ?? -1;
  const value = named === -1 && /^\d{1,10}$/.test(item.text) ? Number(item.text) : named;
  if (value >= min && value <= max) return value;
  const choice = names === undefined ? "" : ` (${names.join(", ")})`;
  throw wrongValue(item, `it must be ${min}–${max}${choice}`);
}

function addressesIn(item: Item, most: number): Address[] {
  const texts = item.text.startsWith("[") ? jsonTexts(item) : item.text.split(",").map((text) => text.trim());
  if (texts.length < 1 || texts.length > most) throw wrongValue(item, `it must be 1–${most} addresses`);
  return texts.map((text) => ipv4In(item, text));
}

function jsonTexts(item: Item): string[] {
  const list = parsedBy(item, JSON.parse);
  if (Array.isArray(list) && list.every((element) => typeof element === "string")) return list;
  throw wrongValue(item, "it must be a list of addresses");
}

function ipv4In(item: Item, text: string): Address {
  const address = parsedBy({ ...item, text }, parseAddress);
  if (address.family === 4) return address;
  throw wrongValue(item, `${text} is no IPv4 address, and ARP asks for no other`);
}

function macIn(item: Item): Bytes {
  const mac = parsedBy(item, parseMac);
  const isUnicast = ((mac[0] ?? 0) & 1) === 0;
  if (mac.length === 6 && isUnicast && mac.some((byte) => byte !== 0)) return mac;
  throw wrongValue(item, "it must be the link-layer address of one machine");
}

/** What `parse` makes of the item's text; what it throws becomes an error about the item. */
function parsedBy<T>(item: Item, parse: (text: string) => T): T {
  try {
    return parse(item.text);
  } catch (err) {
    throw wrongValue(item, err instanceof Error ? err.message : String(err), { cause: err });
  }
}

function wrongValue({ key, text }: Item, reason: string, options: ErrorOptions = {}): Error {
  return invalidConfig(`Cannot use bond option ${key}=${text}: ${reason}`, options);
}
