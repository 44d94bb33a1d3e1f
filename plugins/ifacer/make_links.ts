import { isNetlinkError, NetlinkError } from "../../net/netlink/mod.ts";
import {
  applyStep,
  formatStep,
  type Step,
  StepError,
  type StepNetns,
  StepRun,
  type StepWatcher,
} from "../../net/steps/mod.ts";
import { CniError } from "../cni/mod.ts";
import { NODE_UNFIT } from "./errors.ts";
import { observe } from "./observe.ts";
import { planIfacer } from "./plan.ts";
import type { IfacerSettings } from "./settings.ts";

/** How often others may be faster before it is given up. */
const MAX_ATTEMPTS = 5;

/** Who is told what. */
export interface MakeLinksOptions {
  readonly warn: (message: string) => void;
  /** @default nobody */
  readonly watcher?: StepWatcher;
}

/**
 * Makes the links of `settings` where they are not there yet. A link that somebody else made meanwhile, with or without this
 * plugin, is compared like one that was there before.
 *
 * @throws {CniError} code 7 when links of the node do not fit, code 100 when its kernel cannot have such links
 * @throws {StepError} after undoing what this call did
 */
export function makeLinks(host: StepNetns, settings: IfacerSettings, options: MakeLinksOptions): void {
  for (let attempt = 1;; attempt++) {
    const { steps, activation } = planIfacer(settings, observe(host.netlink, settings));
    try {
      new StepRun({ host, pod: host }, options.watcher).apply(steps);
      if (activation !== undefined) activate(activation, { host, options });
      return;
    } catch (err) {
      if (attempt === MAX_ATTEMPTS || !isTaken(err)) throw explained(err);
    }
  }
}

/**
 * Whether all is there, as for every Pod of a node but the first. Needs no lock: what a call sets up last is up. What does not
 * fit is not told yet: a call that has the lock may be about to change it.
 */
export function isMade({ netlink }: StepNetns, settings: IfacerSettings): boolean {
  try {
    return planIfacer(settings, observe(netlink, settings)).steps.length === 0;
  } catch (err) {
    if (err instanceof CniError) return false;
    throw err;
  }
}

/** The kernel refuses a member without carrier: the bond then sends by another, as it does after each failover. */
function activate(step: Step, { host, options }: { host: StepNetns; options: MakeLinksOptions }): void {
  try {
    applyStep(step, { host, pod: host });
  } catch (err) {
    if (!(err instanceof NetlinkError)) throw err;
    options.warn(`the kernel refused \`${formatStep(step)}\`: ${err.message}`);
  }
}

function isTaken(err: unknown): err is StepError {
  return err instanceof StepError && isCreation(err.step) && isNetlinkError(err.cause, "EEXIST");
}

function isCreation({ do: name }: Step): boolean {
  return name === "createVlan" || name === "createBond";
}

/** Says what to do where the kernel's answer does not. */
function explained(err: unknown): unknown {
  if (!(err instanceof StepError)) return err;
  const { step, cause, message } = err;
  const unfit = (text: string) => new CniError(NODE_UNFIT, text, { cause: err, details: message });
  if (step.do === "createVlan" && isTaken(err)) {
    return unfit(
      `Cannot make VLAN link ${step.link}: ${step.parent} has VLAN ${step.id} already, but the node does not see it; ` +
        `a Pod holds it (plugin vlan): use another id`,
    );
  }
  if (!isNetlinkError(cause, "EOPNOTSUPP")) return err;
  if (step.do === "createVlan") {
    return unfit(
      `Cannot make VLAN link ${step.link}: the kernel of the node has no VLANs, or ${step.parent} cannot carry any; ` +
        `load the module 8021q (modprobe 8021q), or name another interface`,
    );
  }
  if (step.do !== "createBond") return err;
  return unfit(
    `Cannot make bond ${step.link}: the kernel of the node has no bonds; load the module bonding (modprobe bonding)`,
  );
}
