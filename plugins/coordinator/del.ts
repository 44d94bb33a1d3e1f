import type { Log } from "../../net/base/log.ts";
import { type Address, parsePrefix } from "../../net/ip/mod.ts";
import { applyStep, formatStep, openOwnStepNetns, type StepKernel, type StepNetns } from "../../net/steps/mod.ts";
import { addressesOf, type CniCall, CniError, fieldsOf, openTolerantLog, tryEchoedResultOf } from "../cni/mod.ts";
import { routableAddresses } from "./addresses.ts";
import { type CoordinatorConf, logOptionsOf, parseCoordinatorConf } from "./config.ts";
import { tryOpenKernel } from "./kernel.ts";
import { isDisabled } from "./merge.ts";
import { observeRemoval } from "./observe_removal.ts";
import { planRemoval } from "./plan_removal.ts";

/**
 * DEL: takes from the node what ADD gave it. Needs neither agent nor Pod nor netns, and no valid configuration; what is gone
 * already is fine.
 *
 * @throws {Error} naming all that could not be removed
 */
export function del(call: CniCall): Promise<string> {
  const conf = tolerated(() => parseCoordinatorConf(call.config)) ?? {};
  if (isDisabled(conf)) return Promise.resolve("");
  const fields = { ...fieldsOf(call), Action: "DELETE" };
  const options = tolerated(() => logOptionsOf(call.config)) ?? logOptionsOf({ ...call.config, json: {} });
  using log = openTolerantLog(options, {
    call,
    settings: { caller: "coordinator/del.ts", logger: "coordinator", fields },
  });
  remove(call, { conf, log });
  return Promise.resolve("");
}

function remove(call: CniCall, { conf, log }: { conf: CoordinatorConf; log: Log }): void {
  const { netns, containerId } = call.environment;
  using kernel = tryOpenKernel(netns);
  using alone = kernel === undefined ? openOwnStepNetns() : undefined;
  const host = kernel?.host ?? alone;
  if (host === undefined) throw new Error("Cannot open the netns of the node");
  const leaving = {
    containerId,
    addresses: [...recordedAddresses(call), ...linkAddresses(kernel?.pod, call)],
    firstLink: kernel?.pod.netlink.links().find(({ name }) => name === (conf.podDefaultCniNic || "eth0")),
  };
  const steps = planRemoval({ ...leaving, host: observeRemoval(host.netlink, leaving) });
  const problems = steps.flatMap((step) => {
    log.debug("does", { step: formatStep(step) });
    return problemOf(() => applyStep(step, { host, pod: kernel?.pod ?? host } satisfies StepKernel));
  });
  if (problems.length === 0) return log.info("removed", { steps: steps.length });
  log.error("DEL failed", { problems });
  throw new Error(`Cannot remove all of container ${containerId}: ${problems.join("; ")}`);
}

function problemOf(action: () => void): string[] {
  try {
    action();
    return [];
  } catch (err) {
    return [err instanceof Error ? err.message : String(err)];
  }
}

/** Addresses that ADD returned for the link. */
function recordedAddresses({ config, environment }: CniCall): Address[] {
  const previous = tryEchoedResultOf(config);
  const own = previous === undefined ? [] : addressesOf(previous, environment.ifname);
  return own.map((address) => parsePrefix(address).address);
}

function linkAddresses(pod: StepNetns | undefined, { environment }: CniCall): Address[] {
  const link = pod?.netlink.tryLinkByName(environment.ifname);
  return pod === undefined || link === undefined
    ? []
    : routableAddresses(pod.netlink.addresses({ index: link.index }), link.index);
}

/** A configuration that nobody can mend any more must not keep a Pod from ending. */
function tolerated<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (err) {
    if (err instanceof CniError) return undefined;
    throw err;
  }
}
