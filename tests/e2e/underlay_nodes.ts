/** Nodes as they are where the underlay is the network of the nodes: they have addresses on it, and a service address. */
import type { Node } from "../../scripts/cluster/mod.ts";
import type { Bed } from "./bed.ts";
import { serveName, type Target } from "./conversations.ts";

/** Prefixes of the service addresses, as the SpiderCoordinator's status has them. */
export const SERVICE_PREFIXES = ["10.96.0.0/16", "fd00:96::/112"];

/** A service address of each family, that each node answers for its own Pods. */
const SERVICES = ["10.96.77.1", "fd00:96::7701"];

/** Where kube-proxy has service addresses in its ipvs mode: no Pod gets a route to an address of it. */
const SERVICE_LINK = "kube-ipvs0";

/** Addresses of node `index`, counted from 1, on the L2 network of the Pods, with prefix lengths. */
function addressesOf(index: number): string[] {
  return [
    `172.22.0.${10 + index}/16`,
    `172.23.0.${10 + index}/16`,
    `fd00:22::${10 + index}/64`,
    `fd00:23::${10 + index}/64`,
  ];
}

/** Gives each node its addresses, and serves its name on all of them. Closing takes that back. */
export class UnderlayNodes implements AsyncDisposable {
  readonly #bed: Bed;
  readonly #stack = new AsyncDisposableStack();

  private constructor(bed: Bed) {
    this.#bed = bed;
  }

  /** What was made is taken back when a part fails. */
  static async make(bed: Bed): Promise<UnderlayNodes> {
    const made = new UnderlayNodes(bed);
    try {
      const folder = await Deno.makeTempDir({ prefix: "e2e-names-" });
      made.#stack.defer(() => Deno.remove(folder, { recursive: true }));
      for (const [i, node] of bed.cluster.nodes.entries()) await made.#equip(node, { index: i + 1, folder });
      return made;
    } catch (err) {
      await made[Symbol.asyncDispose]();
      throw err;
    }
  }

  /** Each address of each node on the L2 network. */
  get targets(): Target[] {
    return this.#bed.cluster.nodes.flatMap(({ name }, i) =>
      addressesOf(i + 1).map((prefix) => ({ name, address: prefix.split("/")[0] ?? "" }))
    );
  }

  /** The service addresses, as Pods of `node` find them. */
  servicesOf(node: string): Target[] {
    return SERVICES.map((address) => ({ name: node, address }));
  }

  async #equip(node: Node, { index, folder }: { readonly index: number; readonly folder: string }): Promise<void> {
    for (const prefix of addressesOf(index)) {
      await node.exec("ip", "address", "add", prefix, "dev", "eth1", ...noDad(prefix));
      this.#stack.defer(async () => void await node.exec("ip", "address", "del", prefix, "dev", "eth1"));
    }
    await node.exec("ip", "link", "add", SERVICE_LINK, "type", "bridge");
    this.#stack.defer(async () => void await node.exec("ip", "link", "del", SERVICE_LINK));
    for (const service of SERVICES) {
      await node.exec("ip", "address", "add", service, "dev", SERVICE_LINK, ...noDad(service));
    }
    await node.exec("ip", "link", "set", SERVICE_LINK, "up");
    this.#stack.use(await serveName(node.name, { netns: node.netns, folder }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack.disposeAsync();
  }
}

/** An address that is tentative would not be usable yet. */
function noDad(address: string): string[] {
  return address.includes(":") ? ["nodad"] : [];
}
