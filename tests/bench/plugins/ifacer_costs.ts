/** What calls of `ifacer` take, beside those of the distribution's `vlan`. Needs a kernel with VLANs. */
import { buildForTests } from "../../shared/executable.ts";
import { IfacerStage } from "../../shared/ifacer_stage.ts";
import { MAIN_PLUGINS } from "../../shared/stage.ts";
import { median } from "../stats.ts";
import { callMeasured, type MeasuredCommand } from "./measured_call.ts";

/** One kind of call. */
export interface IfacerCostRow {
  readonly call: string;
  readonly medianMs: number;
  /** Of the median of an ADD that makes nothing: what starting the program takes. */
  readonly timesIdle: number;
}

/** The call that others are compared with. */
const REFERENCE = "ifacer, ADD with nothing to make";

/** Calls of one round, in order. The VLAN is removed after each round: the next one's first ADD makes it again. */
const calls = [
  { call: REFERENCE, plugin: "idle", command: "ADD" },
  { call: "ifacer, ADD that makes the VLAN", plugin: "ifacer", command: "ADD" },
  { call: "ifacer, ADD where it is there", plugin: "ifacer", command: "ADD" },
  { call: "ifacer, DEL", plugin: "ifacer", command: "DEL" },
  { call: "vlan + host-local (Go), ADD", plugin: "vlan", command: "ADD" },
  { call: "vlan + host-local (Go), DEL", plugin: "vlan", command: "DEL" },
] as const;

/** Makes all calls one after the other, `rounds` times, after a round that is not counted. */
export async function measureIfacerCalls({ rounds }: { readonly rounds: number }): Promise<readonly IfacerCostRow[]> {
  using stage = new IfacerStage();
  stage.addInterfaces("eth1");
  const ifacer = await buildForTests("ifacer");
  const dataDir = await Deno.makeTempDir({ prefix: "bench-ifacer-" });
  const plugins = {
    vlan: { path: `${MAIN_PLUGINS}/vlan`, conf: vlanConf(dataDir) },
    idle: { path: ifacer, conf: { type: "ifacer", interfaces: ["eth1"] } },
    ifacer: { path: ifacer, conf: { type: "ifacer", interfaces: ["eth1"], vlanID: 50 } },
  };
  const samples = calls.map((): number[] => []);
  try {
    for (let round = -1; round < rounds; round++) {
      for (const [i, { plugin, command }] of calls.entries()) {
        const { milliseconds } = await callMeasured(commandOf(stage, { ...plugins[plugin], command }));
        if (round >= 0) samples[i]?.push(milliseconds);
      }
      stage.node.ip("link", "del", "eth1.50");
    }
  } finally {
    await Deno.remove(dataDir, { recursive: true });
  }
  return rowsOf(samples);
}

function rowsOf(samples: readonly (readonly number[])[]): IfacerCostRow[] {
  const medians = samples.map(median);
  const reference = medians[calls.findIndex(({ call }) => call === REFERENCE)] ?? NaN;
  return calls.map(({ call }, i) => {
    const medianMs = medians[i] ?? NaN;
    return { call, medianMs, timesIdle: medianMs / reference };
  });
}

function vlanConf(dataDir: string) {
  return { type: "vlan", master: "eth1", vlanId: 60, ipam: { type: "host-local", subnet: "10.60.0.0/24", dataDir } };
}

function commandOf(
  { node, pod }: IfacerStage,
  { path, conf, command }: { readonly path: string; readonly conf: object; readonly command: "ADD" | "DEL" },
): MeasuredCommand {
  return {
    argv: ["/usr/bin/nsenter", `--net=${node.path}`, path],
    env: {
      CNI_COMMAND: command,
      CNI_CONTAINERID: "bench",
      CNI_NETNS: pod.path,
      CNI_IFNAME: "eth0",
      CNI_PATH: MAIN_PLUGINS,
    },
    stdin: JSON.stringify({ cniVersion: "1.0.0", name: "bench", ...conf }),
  };
}
