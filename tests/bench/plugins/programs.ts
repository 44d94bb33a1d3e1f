/** The plugins that are measured, ours and the distribution's, with what they are given. */
import { buildForTests } from "../../shared/executable.ts";
import { needsPath } from "../../shared/skip.ts";
import { needsToolchain } from "../../build/needs_toolchain.ts";
import { MAIN_PLUGINS } from "../../shared/stage.ts";
import { addressOf, type BenchNode, type BenchPod, type Conf } from "./bench_node.ts";

/** One plugin, or a main plugin with its IPAM plugin. */
export interface BenchProgram {
  readonly name: string;
  readonly format: "Go" | "bundle" | "compile";
  readonly path: string;
  confOf(pod: BenchPod): Conf;
  /** Gives the Pod what the plugins before would have made. @default nothing */
  prepare?(pod: BenchPod): void;
  /** Takes that away after DEL. @default nothing */
  cleanUp?(pod: BenchPod): void;
}

/** Those that are there; ours in both formats where both can be built. */
export async function benchPrograms(node: BenchNode): Promise<readonly BenchProgram[]> {
  const formats = ["bundle", ...(needsToolchain() === undefined ? ["compile"] as const : [])] as const;
  const ours: BenchProgram[] = [];
  for (const format of formats) {
    const spiderpool = await buildForTests("spiderpool", format);
    const coordinator = await buildForTests("coordinator", format);
    const folder = spiderpool.slice(0, spiderpool.lastIndexOf("/"));
    ours.push(
      { name: "spiderpool", format, path: spiderpool, confOf: () => ({ type: "macvlan", ipam: spiderpoolOf(node) }) },
      ...macvlanWith("spiderpool", { format, folder, ipam: spiderpoolOf(node) }, node),
      coordinatorOf(node, { format, path: coordinator }),
      {
        name: "ifacer, nothing to make",
        format,
        path: await buildForTests("ifacer", format),
        confOf: () => ({ type: "ifacer", interfaces: ["ens5"] }),
      },
    );
  }
  return [...theirs(node), ...ours];
}

function theirs(node: BenchNode): BenchProgram[] {
  if (needsPath(`${MAIN_PLUGINS}/host-local`, "the distribution's plugins") !== undefined) return [];
  const ipam = { type: "host-local", subnet: "172.22.16.0/20", dataDir: `${node.folder}/host-local` };
  const format = "Go";
  return [
    { name: "host-local", format, path: `${MAIN_PLUGINS}/host-local`, confOf: () => ({ type: "macvlan", ipam }) },
    ...macvlanWith("host-local", { format, folder: MAIN_PLUGINS, ipam }, node),
    { name: "ptp + host-local", format, path: `${MAIN_PLUGINS}/ptp`, confOf: () => ({ type: "ptp", ipam }) },
  ];
}

/** macvlan of the distribution; its folder is found by CNI_PATH, so it is linked beside our plugin. */
function macvlanWith(
  name: string,
  { format, folder, ipam }: Pick<BenchProgram, "format"> & { readonly folder: string; readonly ipam: unknown },
  node: BenchNode,
): BenchProgram[] {
  if (needsPath(`${MAIN_PLUGINS}/macvlan`, "the distribution's plugins") !== undefined) return [];
  const beside = `${node.folder}/${format}`;
  Deno.mkdirSync(beside, { recursive: true });
  const links = { macvlan: `${MAIN_PLUGINS}/macvlan`, [name]: `${folder}/${name}` };
  for (const [link, target] of Object.entries(links)) Deno.symlinkSync(target, `${beside}/${link}`);
  const confOf = () => ({ type: "macvlan", master: "ens5", mode: "bridge", ipam });
  return [{ name: `macvlan + ${name}`, format, path: `${beside}/macvlan`, confOf }];
}

function spiderpoolOf({ agent, folder }: BenchNode) {
  return { type: "spiderpool", ipam_unix_socket_path: agent.socket, log_file_path: `${folder}/spiderpool.log` };
}

function coordinatorOf(node: BenchNode, { format, path }: Pick<BenchProgram, "format" | "path">): BenchProgram {
  const logOptions = { logFile: `${node.folder}/coordinator.log` };
  return {
    name: "coordinator",
    format,
    path,
    confOf: ({ index }) => ({
      type: "coordinator",
      ipam_unix_socket_path: node.agent.socket,
      logOptions,
      prevResult: { cniVersion: "1.0.0", ips: [{ address: addressOf(index) }] },
    }),
    prepare(pod) {
      const link = { name: "eth0", parent: "ens5", prefixes: [addressOf(pod.index)], gateways: ["172.22.16.1"] };
      node.stage.addMacvlan(pod, link);
    },
    cleanUp: ({ netns }) => void netns.ip("link", "del", "eth0"),
  };
}
