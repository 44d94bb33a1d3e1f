import { formatAddress } from "../ip/mod.ts";
import { type BondData, bondModes, type BondOption, bondOptions } from "../route/mod.ts";
import { formatMac } from "../wire/mod.ts";
import type { StepBond } from "./step.ts";

/** Mode and options of a bond as ip(8) takes them, in the order of its documentation. */
export function bondText({ mode, primary, options }: StepBond): string {
  const texts = Object.entries(bondOptions).flatMap(([name, option]) => {
    const value = option.type === "link" ? primaryOf(option, primary) : valueText(option, options);
    return value === undefined ? [] : [`${name} ${value}`];
  });
  return [`mode ${bondModes[mode] ?? mode}`, ...texts].join(" ");
}

function primaryOf({ attribute }: BondOption, primary: string | undefined): string | undefined {
  return attribute === "primary" ? primary : undefined;
}

function valueText(option: Exclude<BondOption, { type: "link" }>, options: BondData): string | undefined {
  switch (option.type) {
    case "number": {
      const value = options[option.attribute];
      return value === undefined ? undefined : option.names?.[value] ?? String(value);
    }
    case "addresses":
      return options[option.attribute]?.map(formatAddress).join(",");
    case "mac": {
      const value = options[option.attribute];
      return value === undefined ? undefined : formatMac(value);
    }
    default:
      return option satisfies never;
  }
}
