import { bitsOf, formatAddress, formatPrefix, type Prefix } from "../ip/mod.ts";
import { RT_SCOPE, RT_TABLE, RTNH_F } from "../uapi/mod.ts";
import { bondText } from "./format_bond.ts";
import { formatMac } from "../wire/mod.ts";
import type { MarkRules, Place, Step, StepLinkChanges, StepRoute, StepRule, StepVethEnd } from "./step.ts";

/** A step as the command line that does the same, such as `ip -n pod route add 10.0.0.0/8 dev eth0 table 101`. */
export function formatStep(step: Step): string {
  switch (step.do) {
    case "createVeth":
      return ip(step.place, `link add ${endText(step.end)} type veth peer name ${endText(step.peer)} netns host`);
    case "createVlan":
      return ip(step.place, `link add link ${step.parent} name ${step.link} type vlan id ${step.id}`);
    case "createBond":
      return ip(step.place, `link add ${step.link} mtu ${step.bond.mtu} type bond ${bondText(step.bond)}`);
    case "activateMember":
      return ip(step.place, `link set ${step.link} type bond active_slave ${step.member}`);
    case "deleteLink":
      return ip(step.place, `link del ${step.link}`);
    case "changeLink":
      return ip(step.place, `link set ${step.link} ${changesText(step.to)}`);
    case "addAddress":
      return ip(step.place, `addr add ${formatPrefix(step.prefix)} dev ${step.link}`);
    case "writeSysctl":
      return `${step.place === "pod" ? "ip netns exec pod " : ""}sysctl -w ${step.key}=${step.value}`;
    case "setNeighbor": {
      const { destination, lladdr, link } = step;
      const object = `${formatAddress(destination)} lladdr ${formatMac(lladdr)} dev ${link} nud permanent`;
      return ip(step.place, `neigh replace ${object}`);
    }
    case "deleteNeighbor":
      return ip(step.place, `neigh del ${formatAddress(step.destination)} dev ${step.link}`);
    case "addRoute":
      return ip(step.place, `route ${step.append ? "append" : "add"} ${routeText(step.route)}`);
    case "replaceRoute":
      return ip(step.place, `route replace ${routeText(step.route)}`);
    case "deleteRoute":
      return ip(step.place, `route del ${routeText(step.route)}`);
    case "addRule":
      return ip(step.place, `${step.rule.family === 6 ? "-6 " : ""}rule add ${ruleText(step.rule)}`);
    case "markConnections":
      return markText(step.rules);
    default:
      return step satisfies never;
  }
}

function ip(place: Place, rest: string): string {
  const netns = place === "host" ? "" : " -n pod";
  return rest.startsWith("-6 ") ? `ip -6${netns} ${rest.slice(3)}` : `ip${netns} ${rest}`;
}

function endText({ name, address, mtu }: StepVethEnd): string {
  return `${name} address ${formatMac(address)} mtu ${mtu}`;
}

function changesText({ up, address, mtu, txQueueLength, master }: StepLinkChanges): string {
  return [
    ...(address === undefined ? [] : [`address ${formatMac(address)}`]),
    ...(mtu === undefined ? [] : [`mtu ${mtu}`]),
    ...(txQueueLength === undefined ? [] : [`txqueuelen ${txQueueLength}`]),
    ...(master === undefined ? [] : [master === "" ? "nomaster" : `master ${master}`]),
    ...(up === undefined ? [] : [up ? "up" : "down"]),
  ].join(" ");
}

function routeText(route: StepRoute): string {
  const { link, gateway, preferredSource, priority, table, scope, flags = 0, metrics, hops = [] } = route;
  return [
    prefixText(route.destination),
    ...(gateway === undefined ? [] : [`via ${formatAddress(gateway)}`]),
    ...(link === undefined ? [] : [`dev ${link}`]),
    ...(scope === RT_SCOPE.LINK ? ["scope link"] : []),
    ...(preferredSource === undefined ? [] : [`src ${formatAddress(preferredSource)}`]),
    ...(priority === undefined ? [] : [`metric ${priority}`]),
    ...(metrics?.mtu === undefined ? [] : [`mtu ${metrics.mtu}`]),
    ...((flags & RTNH_F.ONLINK) === 0 ? [] : ["onlink"]),
    ...(table === RT_TABLE.MAIN ? [] : [`table ${table}`]),
    ...hops.map((hop) =>
      `nexthop${hop.gateway === undefined ? "" : ` via ${formatAddress(hop.gateway)}`} dev ${hop.link}`
    ),
  ].join(" ");
}

function prefixText(prefix: Prefix): string {
  if (prefix.length === 0) return prefix.address.family === 4 ? "default" : "::/0";
  return prefix.length === bitsOf(prefix.address.family) ? formatAddress(prefix.address) : formatPrefix(prefix);
}

function ruleText({ source, mark, mask, priority, table }: StepRule): string {
  return [
    source === undefined ? "from all" : `from ${prefixText(source)}`,
    ...(mark === undefined ? [] : [`fwmark 0x${mark.toString(16)}/0x${(mask ?? 0xffff_ffff).toString(16)}`]),
    ...(priority === undefined ? [] : [`pref ${priority}`]),
    `lookup ${table}`,
  ].join(" ");
}

function markText({ families, link, mark }: MarkRules): string {
  const tables = families.map((family) => family === 4 ? "ip" : "ip6").join(",");
  return `ip netns exec pod nft: ${tables} spiderpool: mark connections in by ${link} with 0x${mark.toString(16)}`;
}
