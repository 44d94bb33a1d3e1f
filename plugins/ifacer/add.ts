import { openOwnStepNetns } from "../../net/steps/mod.ts";
import { type CniCall, echoedResultOf, formatEchoed, formatResult } from "../cni/mod.ts";
import { parseIfacerConf } from "./config.ts";
import { lockNode } from "./lock.ts";
import { isMade, makeLinks } from "./make_links.ts";
import { type IfacerSettings, isNothing } from "./settings.ts";

/**
 * ADD: makes bond and VLAN on the node where they are not there yet. They are the node's, not the Pod's: the result is that of
 * the plugins before, else an empty one, which 0.1.0 and 0.2.0 have no other form for.
 *
 * @throws {CniError} codes 7, 11 and 100
 */
export async function add({ config, cniVersion, io }: CniCall): Promise<string> {
  const { settings, warnings } = parseIfacerConf(config);
  const previous = echoedResultOf(config);
  const warn = (message: string) => io.stderr(`ifacer: ${message}\n`);
  warnings.forEach(warn);
  if (!isNothing(settings)) await makeLocked(settings, warn);
  return previous === undefined ? formatResult({ cniVersion }) : formatEchoed(previous);
}

async function makeLocked(settings: IfacerSettings, warn: (message: string) => void): Promise<void> {
  using host = openOwnStepNetns();
  if (isMade(host, settings)) return;
  using _lock = await lockNode();
  makeLinks(host, settings, { warn });
}
