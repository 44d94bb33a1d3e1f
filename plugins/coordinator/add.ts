import type { Log } from "../../net/base/log.ts";
import { formatStep, StepRun } from "../../net/steps/mod.ts";
import { formatMac } from "../../net/wire/mod.ts";
import {
  type CniCall,
  CniCode,
  CniError,
  type EchoedResult,
  echoedResultOf,
  fieldsOf,
  formatEchoed,
  formatResult,
  openLog,
  parseArgs,
  requireNetns,
} from "../cni/mod.ts";
import { agentConfigOf } from "./agent.ts";
import { logOptionsOf, parseCoordinatorConf } from "./config.ts";
import { openKernel } from "./kernel.ts";
import { isDisabled, mergeSettings } from "./merge.ts";
import { observe } from "./observe.ts";
import { type Plan, planCoordinator } from "./plan.ts";
import { randomMac } from "./random_mac.ts";
import { noSuchLink } from "./scene.ts";
import type { CoordinatorSettings } from "./settings.ts";

/**
 * ADD: makes Pod and node reach each other, and passes the result of the plugins before on.
 *
 * @throws {StepError} after undoing what this call did
 */
export async function add(call: CniCall): Promise<string> {
  const conf = parseCoordinatorConf(call.config);
  const previous = echoedResultOf(call.config);
  parseArgs(call.environment.args);
  if (isDisabled(conf)) return unchanged(call, previous);
  const settings = mergeSettings(conf, await agentConfigOf(call, conf));
  if (settings.mode === "disabled") return unchanged(call, previous);
  if (previous === undefined) {
    throw new CniError(
      CniCode.InvalidConfig,
      "Cannot coordinate: the configuration has no prevResult; chain it behind a main plugin",
    );
  }
  requireNetns(call.environment.netns, call.io);
  const logSettings = { caller: "coordinator/add.ts", logger: "coordinator", fields: fieldsOf(call) };
  using log = openLog(logOptionsOf(call.config), { call, settings: logSettings });
  try {
    const { podName, podNamespace } = parseArgs(call.environment.args);
    const podLog = log.child({ PodName: podName, PodNamespace: podNamespace });
    const { address } = coordinate(call, { settings, log: podLog });
    const macs = address === undefined ? {} : { [call.environment.ifname]: formatMac(address) };
    return formatEchoed(previous, { macs });
  } catch (err) {
    log.error("ADD failed", { err });
    throw err;
  }
}

/** Mode disabled touches nothing; a plugin that is not chained still has to print a result. */
function unchanged({ cniVersion }: CniCall, previous: EchoedResult | undefined): string {
  return previous === undefined ? formatResult({ cniVersion }) : formatEchoed(previous);
}

interface Coordination {
  readonly settings: CoordinatorSettings;
  readonly log: Log;
}

function coordinate({ environment }: CniCall, { settings, log }: Coordination): Plan {
  const { containerId, ifname, netns } = environment;
  using kernel = openKernel(netns);
  const attachment = { containerId, ifname, newVeth: { pod: randomMac(), host: randomMac() } };
  const run = new StepRun(kernel, (step) => log.debug("does", { step: formatStep(step) }));
  const link = kernel.pod.netlink.tryLinkByName(ifname);
  if (link === undefined) throw noSuchLink(ifname);
  // first of all: with a link that is down its routes are not there
  if (!link.up) {
    run.apply([{ do: "changeLink", place: "pod", link: ifname, to: { up: true }, from: { up: false } }]);
  }
  try {
    const plan = planCoordinator(settings, observe(kernel, { settings, attachment }));
    for (const warning of plan.warnings) log.warn(warning);
    run.apply(plan.steps.map(({ step }) => step));
    log.info("coordinated", { steps: plan.steps.length });
    return plan;
  } catch (err) {
    for (const problem of run.undo()) log.error("cannot undo", { err: problem });
    throw err;
  }
}
