import { hasDefault, type Link } from "../../net/route/mod.ts";
import { CniCode, CniError } from "../cni/mod.ts";
import { includesAddress, routableAddresses } from "./addresses.ts";
import { FIRST_LINK_TABLE, MAIN_TABLE, POD_VETH } from "./names.ts";
import type { Observed } from "./observed.ts";
import type { CoordinatorSettings } from "./settings.ts";

/** What the current link is to the Pod. */
export interface Role {
  readonly mode: "underlay" | "overlay";
  /** Whether it is the first one this plugin is called for. */
  readonly first: boolean;
  /** Number of its table. */
  readonly table: number;
}

/**
 * Decides mode and table of the current link. `auto` is underlay for the Pod's first link, and for further ones where the first
 * one was underlay, which its `veth0` shows; else overlay.
 *
 * @throws {CniError} code 7 when the mode does not fit the Pod
 */
export function roleOf(settings: CoordinatorSettings, observed: Observed): Role {
  const isFirstLink = observed.ifname === settings.firstLink;
  const hasVeth = observed.pod.links.some(({ name }) => name === POD_VETH);
  const mode = settings.mode === "auto" ? (isFirstLink || hasVeth ? "underlay" : "overlay") : settings.mode;
  switch (mode) {
    case "underlay":
      if (!isFirstLink && !hasVeth) {
        throw misfit(
          observed,
          `mode underlay needs ${POD_VETH}, which it makes for ${settings.firstLink}: that was not`,
        );
      }
      return { mode, first: isFirstLink, table: isFirstLink ? FIRST_LINK_TABLE : tableOf(settings, observed) };
    case "overlay": {
      if (isFirstLink) {
        throw misfit(observed, "mode overlay is for further links: the first one belongs to the main CNI");
      }
      if (hasVeth) {
        throw misfit(observed, `mode overlay is impossible: the Pod works in mode underlay, it has ${POD_VETH}`);
      }
      const table = tableOf(settings, observed);
      return { mode, first: table === FIRST_LINK_TABLE, table };
    }
    case "disabled":
      throw misfit(observed, "unknown tuneMode: mode disabled changes nothing");
    default:
      return mode satisfies never;
  }
}

/**
 * Table of a further link: the one it has, else the lowest that no rule of another link uses. Where the routes of links are not
 * to be tuned there are no rules; then links count.
 */
function tableOf(settings: CoordinatorSettings, observed: Observed): number {
  const { pod, ifname } = observed;
  if (!settings.tunePodRoutes) return FIRST_LINK_TABLE + earlierLinks(settings, observed).length;
  const own = routableAddresses(pod.addresses, indexOf(observed, ifname));
  const ruled = pod.rules.filter(({ source, table }) => source !== undefined && table >= FIRST_LINK_TABLE);
  const ours = ruled.find(({ source }) => source !== undefined && includesAddress(own, source.address));
  const kept = ours?.table ?? displacedTable(settings, observed);
  if (kept !== undefined) return kept;
  const used = new Set(ruled.map(({ table }) => table));
  let table = FIRST_LINK_TABLE;
  while (used.has(table)) table++;
  return table;
}

/**
 * Where the current link already has the default route, its table is the one that took the default of another link. The Pod's
 * first link is asked first: it has the default unless someone takes it.
 */
function displacedTable({ defaultRouteLink, firstLink }: CoordinatorSettings, observed: Observed): number | undefined {
  const { pod, ifname } = observed;
  if (defaultRouteLink !== ifname) return undefined;
  const others = pod.links.filter(({ name }) => name !== ifname && name !== "lo");
  if (others.some(({ index }) => hasDefault(pod.routes, { index, table: MAIN_TABLE }))) return undefined;
  const ordered = [...others.filter(({ name }) => name === firstLink), ...others];
  for (const { index } of ordered) {
    const addresses = routableAddresses(pod.addresses, index);
    const rule = pod.rules.find(({ source, table }) =>
      source !== undefined && includesAddress(addresses, source.address) && table >= FIRST_LINK_TABLE &&
      hasDefault(pod.routes, { index, table })
    );
    if (rule !== undefined) return rule.table;
  }
  return undefined;
}

function earlierLinks({ firstLink }: CoordinatorSettings, observed: Observed): Link[] {
  const { pod, ifname } = observed;
  const own = indexOf(observed, ifname);
  return pod.links.filter(({ name, index }) =>
    !["lo", POD_VETH, firstLink].includes(name) && index < own && routableAddresses(pod.addresses, index).length > 0
  );
}

function indexOf({ pod }: Observed, ifname: string): number {
  return pod.links.find(({ name }) => name === ifname)?.index ?? 0;
}

function misfit({ ifname }: Observed, reason: string): CniError {
  return new CniError(CniCode.InvalidConfig, `Cannot coordinate ${ifname}: ${reason}`);
}
