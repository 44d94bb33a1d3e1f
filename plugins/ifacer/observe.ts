import type { StepNetns } from "../../net/steps/mod.ts";
import type { Observed } from "./observed.ts";
import type { IfacerSettings } from "./settings.ts";

/** Reads what a plan is made from. @throws {NetlinkError} @throws {DumpInterruptedError} */
export function observe(
  netlink: Pick<StepNetns["netlink"], "links" | "addresses" | "routes">,
  { bond }: IfacerSettings,
): Observed {
  const links = netlink.links();
  if (bond === undefined) return { links, addresses: [], routes: [] };
  return { links, addresses: netlink.addresses(), routes: netlink.routes({ table: "all" }) };
}
