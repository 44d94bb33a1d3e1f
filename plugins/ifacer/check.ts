import { formatStep, openOwnStepNetns } from "../../net/steps/mod.ts";
import { type CniCall, CniError } from "../cni/mod.ts";
import { parseIfacerConf } from "./config.ts";
import { CHECK_MISMATCH } from "./errors.ts";
import { observe } from "./observe.ts";
import { planIfacer } from "./plan.ts";
import { isNothing } from "./settings.ts";

/**
 * CHECK: plans again. What ADD would have to make or set up is missing.
 *
 * @throws {CniError} code 101; code 7 where the links of the node do not fit at all
 */
export function check({ config }: CniCall): Promise<string> {
  const { settings } = parseIfacerConf(config);
  if (isNothing(settings)) return Promise.resolve("");
  using host = openOwnStepNetns();
  const { steps } = planIfacer(settings, observe(host.netlink, settings));
  if (steps.length === 0) return Promise.resolve("");
  const missing = steps.map((step) => `missing \`${formatStep(step)}\``).join("; ");
  throw new CniError(CHECK_MISMATCH, `Cannot find the links of the node as ADD left them: ${missing}`);
}
