import { formatPrefix, parsePrefix } from "../../net/ip/mod.ts";
import { formatStep } from "../../net/steps/mod.ts";
import { formatMac } from "../../net/wire/mod.ts";
import {
  addressesOf,
  type CniCall,
  CniError,
  type EchoedResult,
  linksOf,
  previousResultOf,
  requireNetns,
} from "../cni/mod.ts";
import { agentConfigOf, CHECK_MISMATCH } from "./agent.ts";
import { parseCoordinatorConf } from "./config.ts";
import { openKernel } from "./kernel.ts";
import { isDisabled, mergeSettings } from "./merge.ts";
import { observe } from "./observe.ts";
import type { Observed } from "./observed.ts";
import { planCoordinator, type PlannedStep } from "./plan.ts";
import { randomMac } from "./random_mac.ts";
import type { CoordinatorSettings } from "./settings.ts";

/** CHECK: plans again. What ADD would have to mend of the ways between Pod and node is missing. */
export async function check(call: CniCall): Promise<string> {
  const conf = parseCoordinatorConf(call.config);
  if (isDisabled(conf)) return "";
  const settings = mergeSettings(conf, await agentConfigOf(call, conf));
  if (settings.mode === "disabled") return "";
  const previous = previousResultOf(call.config);
  const { containerId, ifname, netns } = call.environment;
  requireNetns(netns, call.io);
  using kernel = openKernel(netns);
  const attachment = { containerId, ifname, newVeth: { pod: randomMac(), host: randomMac() } };
  const observed = observe(kernel, { settings, attachment });
  const problems = [...linkProblems(previous, observed), ...planProblems(settings, observed)];
  if (problems.length === 0) return "";
  throw new CniError(CHECK_MISMATCH, `Cannot find ${ifname} as ADD left it: ${problems.join("; ")}`);
}

/** What ADD would have to mend; a Pod that it would not even begin with has lost something too. */
export function planProblems(settings: CoordinatorSettings, observed: Observed): string[] {
  try {
    const missing = planCoordinator(settings, observed).steps.filter(isEssential);
    return missing.map(({ step }) => `missing \`${formatStep(step)}\``);
  } catch (err) {
    if (err instanceof CniError) return [err.message];
    throw err;
  }
}

/** Routes come and go with the node's own addresses; without these parts nothing flows. */
export function isEssential({ part, step }: PlannedStep): boolean {
  if (step.do === "deleteNeighbor") return false;
  return ["pair", "hostNeighbor", "hostRule", "hostRoute", "reply", "podRule"].includes(part);
}

/** How the link differs from the result. */
export function linkProblems(previous: EchoedResult, observed: Observed): string[] {
  const { pod, ifname } = observed;
  const link = pod.links.find(({ name }) => name === ifname);
  if (link === undefined) return []; // told by the plan
  const has = new Set(
    pod.addresses.filter(({ index }) => index === link.index).map(({ prefix }) => formatPrefix(prefix)),
  );
  const own = addressesOf(previous, ifname).map((address) => formatPrefix(parsePrefix(address)));
  const missing = own.filter((address) => !has.has(address));
  const mac = linksOf(previous.interfaces, ifname)[0]?.mac?.toLowerCase();
  const real = formatMac(link.address);
  return [
    ...(link.up ? [] : ["it is down"]),
    ...missing.map((address) => `it has no address ${address}`),
    ...(mac === undefined || mac === "" || mac === real ? [] : [`its link-layer address is ${real}, not ${mac}`]),
  ];
}
