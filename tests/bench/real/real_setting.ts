import { sizedPools } from "../pools.ts";
import { Fleet } from "./fleet.ts";
import { agentsKnown, announceAgents, forgetAgents, peerAddress } from "./peers.ts";
import { benchNode, RealWorld } from "./real_world.ts";
import type { RealBench, RealRow, RealSetting } from "./setting.ts";
import { SettingRun } from "./setting_run.ts";

let settings = 0;

/** Runs the phases of one setting. */
export async function measureSetting(bench: RealBench, setting: RealSetting): Promise<readonly RealRow[]> {
  const { api } = bench;
  const namespace = `bench-${++settings}`;
  await RealWorld.ensureNodes(api.admin, setting.agents);
  if (setting.committers) await announceAgents(api.admin, setting.agents);
  const pools = sizedPools(setting.stack, setting.addresses);
  const world = await RealWorld.create(api.admin, { namespace, pools });
  try {
    if (setting.filled) { for (const { metadata } of pools) await world.fillPool(metadata.name, setting.filled); }
    await using fleet = await Fleet.start({
      nodes: Array.from({ length: setting.agents }, (_, i) => ({ nodeName: benchNode(i), address: peerAddress(i) })),
      maxProcesses: bench.maxProcesses,
      kubeconfig: api.kubeconfig,
      peerTokenPath: api.peerTokenPath,
      netns: api.netns,
      conf: confOf(setting),
      bundle: bench.bundle,
      ...(bench.v8Flags === undefined ? {} : { v8Flags: bench.v8Flags }),
    });
    if (setting.committers) await agentsKnown(api.admin, setting.agents);
    return await new SettingRun(bench, { setting, world, fleet }).all();
  } finally {
    await world.remove();
    await forgetAgents(api.admin);
  }
}

function confOf({ committers }: RealSetting): string {
  return `enableIPv4: true\nenableIPv6: true\nenableStatefulSet: true\nagent: { peerCommit: { enabled: ${committers} } }\n`;
}
