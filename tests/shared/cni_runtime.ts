import type { LanNode } from "./lan.ts";

/** What a CNI runtime tells a plugin; source: CNI SPEC 1.1, "Parameters". */
export interface CniCall {
  readonly command: "ADD" | "DEL" | "CHECK" | "STATUS" | "GC" | "VERSION";
  readonly containerId: string;
  readonly netns: string;
  readonly ifname: string;
  readonly pod: { readonly namespace: string; readonly name: string; readonly uid: string };
}

/** A CNI configuration of one plugin; source: CNI SPEC 1.1, "Plugin configuration objects". */
export interface NetworkConf {
  readonly type: string;
  readonly prevResult?: unknown;
  readonly [member: string]: unknown;
}

/** What a plugin answered. */
export interface CniAnswer {
  readonly code: number;
  /** Its standard output as JSON; `undefined` when it printed nothing. */
  readonly result: CniResult | undefined;
  readonly stderr: string;
}

/** A CNI result or error object, as far as the tests look. */
export interface CniResult {
  readonly cniVersion?: string;
  readonly ips?: readonly { readonly address: string; readonly gateway?: string; readonly version?: string }[];
  readonly routes?: readonly { readonly dst: string; readonly gw?: string }[];
  readonly code?: number;
  readonly msg?: string;
  readonly details?: string;
}

/** Plays the CNI runtime of one node: executes real main plugins in the node's network namespace. */
export class CniRuntime {
  readonly #node: LanNode;
  readonly #pluginFolders: readonly string[];

  /** @param options `pluginFolders` are CNI_PATH: where main plugins and ours are */
  constructor(node: LanNode, options: { pluginFolders: readonly string[] }) {
    this.#node = node;
    this.#pluginFolders = options.pluginFolders;
  }

  /** Executes the plugin that `conf.type` names. */
  async call(conf: NetworkConf, call: CniCall): Promise<CniAnswer> {
    const child = new Deno.Command("nsenter", {
      args: [`--net=/var/run/netns/${this.#node.netns}`, this.#find(conf.type)],
      env: this.#environment(call),
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const writer = child.stdin.getWriter();
    await writer.write(new TextEncoder().encode(JSON.stringify(conf)));
    await writer.close();
    const { code, stdout, stderr } = await child.output();
    const text = new TextDecoder().decode(stdout);
    return { code, result: text === "" ? undefined : JSON.parse(text), stderr: new TextDecoder().decode(stderr) };
  }

  #environment({ command, containerId, netns, ifname, pod }: CniCall): Record<string, string> {
    return {
      CNI_COMMAND: command,
      CNI_CONTAINERID: containerId,
      CNI_NETNS: netns,
      CNI_IFNAME: ifname,
      CNI_PATH: this.#pluginFolders.join(":"),
      CNI_ARGS: `IgnoreUnknown=true;K8S_POD_NAMESPACE=${pod.namespace};K8S_POD_NAME=${pod.name};` +
        `K8S_POD_UID=${pod.uid};K8S_POD_INFRA_CONTAINER_ID=${containerId}`,
    };
  }

  #find(type: string): string {
    for (const folder of this.#pluginFolders) {
      const path = `${folder}/${type}`;
      try {
        if (Deno.statSync(path).isFile) return path;
      } catch (err) {
        if (!(err instanceof Deno.errors.NotFound)) throw err;
      }
    }
    throw new Error(`Cannot find CNI plugin "${type}" in ${this.#pluginFolders.join(":")}`);
  }
}
