import { runTool } from "./run_tool.ts";

/** A machine of a {@linkcode Lan}: a network namespace whose `eth0` is plugged into the LAN's bridge. */
export interface LanNode {
  readonly name: string;
  /** Name for `ip netns`; its path is `/var/run/netns/<netns>`. */
  readonly netns: string;
}

/** Several machines on one L2 network, made of network namespaces, veth pairs and a bridge. */
export class Lan implements Disposable {
  readonly nodes: readonly LanNode[];
  readonly #prefix: string;
  readonly #pods = new Set<string>();

  /**
   * Makes a bridge in a namespace of its own and one node for each name.
   *
   * @param prefix begins the names of all namespaces; what an earlier run left under it is removed first
   * @throws {ToolError} if `ip` fails; nothing is left behind then
   */
  constructor(prefix: string, { nodes }: { nodes: readonly string[] }) {
    this.#prefix = prefix;
    this.nodes = nodes.map((name) => ({ name, netns: `${prefix}-${name}` }));
    this[Symbol.dispose]();
    try {
      this.#build();
    } catch (err) {
      this[Symbol.dispose]();
      throw err;
    }
  }

  /** Makes the namespace of a Pod; it has only `lo`, up. @returns its path */
  addPod(name: string): string {
    const netns = `${this.#prefix}-pod-${name}`;
    ip("netns", "add", netns);
    this.#pods.add(netns);
    ip("-n", netns, "link", "set", "lo", "up");
    return `/var/run/netns/${netns}`;
  }

  /** Removes a Pod's namespace and all that is in it. */
  removePod(path: string): void {
    const netns = path.slice("/var/run/netns/".length);
    if (this.#pods.delete(netns)) ip("netns", "del", netns);
  }

  /** Removes every namespace whose name begins with the prefix. */
  [Symbol.dispose](): void {
    const names = ip("netns", "list").split("\n").map((line) => line.split(" ")[0] ?? "");
    for (const name of names) if (name.startsWith(`${this.#prefix}-`)) ip("netns", "del", name);
    this.#pods.clear();
  }

  #build(): void {
    const hub = `${this.#prefix}-lan`;
    ip("netns", "add", hub);
    ip("-n", hub, "link", "add", "br0", "type", "bridge", "stp_state", "0", "forward_delay", "0");
    ip("-n", hub, "link", "set", "br0", "up");
    this.nodes.forEach(({ netns }, i) => {
      ip("netns", "add", netns);
      ip("-n", netns, "link", "set", "lo", "up");
      ip("-n", netns, "link", "add", "eth0", "type", "veth", "peer", "name", `port${i}`, "netns", hub);
      ip("-n", hub, "link", "set", `port${i}`, "master", "br0", "up");
      ip("-n", netns, "link", "set", "eth0", "up");
    });
  }
}

function ip(...args: readonly string[]): string {
  return runTool("ip", args);
}
