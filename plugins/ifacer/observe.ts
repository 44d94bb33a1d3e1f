import type { StepNetns } from "../../net/steps/mod.ts";
import { linkNamed, type Observed } from "./observed.ts";
import type { IfacerSettings } from "./settings.ts";

/**
 * Reads what a plan is made from: of a bond that is up, as for every Pod of a node but the first, only links; else also what goes
 * by its members. The node's other routes, of which there may be thousands, are not asked for.
 *
 * @throws {NetlinkError} @throws {DumpInterruptedError}
 */
export function observe(
  netlink: Pick<StepNetns["netlink"], "links" | "addresses" | "routes">,
  { bond }: IfacerSettings,
): Observed {
  const links = netlink.links();
  if (bond === undefined || linkNamed({ links }, bond.name)?.up) return { links, addresses: [], routes: [] };
  const members = links.filter(({ name }) => bond.members.includes(name));
  const routes = members.flatMap(({ index }) => netlink.routes({ table: "all", index }));
  return { links, addresses: netlink.addresses(), routes };
}
