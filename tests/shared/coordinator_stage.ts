import type { CoordinatorConfig } from "../../agent/api/mod.ts";
import { openNetns } from "../../net/host/mod.ts";
import { openStepNetns, type StepKernel, StepRun, type StepWatcher } from "../../net/steps/mod.ts";
import type { CoordinatorConf } from "../../plugins/coordinator/config.ts";
import { mergeSettings } from "../../plugins/coordinator/merge.ts";
import { observe } from "../../plugins/coordinator/observe.ts";
import { type Plan, planCoordinator } from "../../plugins/coordinator/plan.ts";
import { exampleAgent } from "../../plugins/coordinator/plan_fixture.ts";
import { randomMac } from "../../plugins/coordinator/random_mac.ts";
import { TestNetns } from "./netns.ts";
import { ping } from "./ping.ts";
import { runTool } from "./run_tool.ts";

/** A Pod of a {@linkcode CoordinatorStage}. */
export interface StagedPod {
  readonly netns: TestNetns;
  readonly containerId: string;
}

/** What a Pod's link is planned with. */
export interface CoordinateOptions {
  readonly ifname?: string;
  readonly conf?: CoordinatorConf;
  readonly agent?: Partial<CoordinatorConfig>;
  readonly watcher?: StepWatcher;
}

/** A link of a Pod as a main plugin makes it. */
export interface MainLink {
  readonly name: string;
  /** A link of the node. */
  readonly parent: string;
  /** As `ip link add … type` takes it, such as `["ipvlan", "mode", "l2"]`. */
  readonly type: readonly string[];
  readonly prefixes: readonly string[];
  /** Of default routes, in their order. */
  readonly gateways: readonly string[];
}

/**
 * The node of the specification's examples, in netns: `ens5` and `ens6` on segments of their own, each with a router that also
 * has an address behind it (198.51.100.1 and 203.0.113.1). `kube-ipvs0` of the node, here a bridge, has service addresses and
 * 192.0.2.11, which no Pod gets a route to.
 */
export class CoordinatorStage implements Disposable {
  readonly node = new TestNetns();
  readonly lans: readonly [TestNetns, TestNetns] = [new TestNetns(), new TestNetns()];
  readonly #pods: TestNetns[] = [];

  constructor() {
    try {
      this.#build();
    } catch (err) {
      this[Symbol.dispose]();
      throw err;
    }
  }

  #build(): void {
    const [lan5, lan6] = this.lans;
    this.#wire("ens5", {
      lan: lan5,
      node: ["172.22.16.11/20", "fd22:16::11/64"],
      router: ["172.22.16.1/20", "fd22:16::1/64"],
    });
    this.#wire("ens6", { lan: lan6, node: ["10.77.0.11/24"], router: ["10.77.0.1/24"] });
    addAddresses(lan5, { link: "lo", prefixes: ["198.51.100.1/32"] });
    addAddresses(lan6, { link: "lo", prefixes: ["203.0.113.1/32"] });
    this.node.ip("link", "add", "kube-ipvs0", "type", "bridge");
    this.node.ip("link", "set", "kube-ipvs0", "up");
    addAddresses(this.node, {
      link: "kube-ipvs0",
      prefixes: ["10.150.0.1/32", "fd10:150::1/128", "192.0.2.11/32", "fd00:2::11/128"],
    });
    this.node.ip("link", "set", "lo", "up");
    this.node.ip("route", "add", "default", "via", "172.22.16.1");
    this.node.ip("-6", "route", "add", "default", "via", "fd22:16::1");
  }

  /** A Pod's netns, with only `lo`. */
  addPod(containerId: string = crypto.randomUUID().replaceAll("-", "")): StagedPod {
    const netns = new TestNetns();
    this.#pods.push(netns);
    netns.ip("link", "set", "lo", "up");
    return { netns, containerId };
  }

  /** A macvlan over a link of the node, up, with addresses and a default route for each gateway, as main plugins leave it. */
  addMacvlan(pod: StagedPod, link: Omit<MainLink, "type">): void {
    this.addLink(pod, { ...link, type: ["macvlan", "mode", "bridge"] });
  }

  /** Like {@linkcode addMacvlan}, of any type that sits on a link of the node. */
  addLink({ netns }: StagedPod, { name, parent, type, prefixes, gateways }: MainLink): void {
    this.node.ip("link", "add", "link", parent, "name", "mv-new", "type", ...type);
    this.node.ip("link", "set", "mv-new", "netns", netns.name, "name", name);
    addAddresses(netns, { link: name, prefixes });
    netns.ip("link", "set", name, "up");
    for (const gateway of gateways) {
      const family = gateway.includes(":") ? "-6" : "-4";
      netns.ip(family, "route", "append", "default", "via", gateway, "dev", name);
    }
  }

  /** An `eth0` as the main CNI of an overlay makes it: a veth, a /32, everything to the node. */
  addOverlayLink({ netns }: StagedPod, { host, address }: { host: string; address: string }): void {
    this.node.ip("link", "add", host, "address", "ee:ee:ee:ee:ee:ee", "type", "veth", "peer", "name", "ov-new");
    this.node.ip("link", "set", "ov-new", "netns", netns.name, "name", "eth0");
    this.node.ip("link", "set", host, "up");
    this.node.ip("route", "add", `${address}/32`, "dev", host);
    this.node.run(() => Deno.writeTextFileSync(`/proc/sys/net/ipv4/conf/${host}/proxy_arp`, "1"));
    addAddresses(netns, { link: "eth0", prefixes: [`${address}/32`] });
    netns.ip("link", "set", "eth0", "up");
    netns.ip("route", "add", "169.254.1.1", "dev", "eth0", "scope", "link");
    netns.ip("route", "add", "default", "via", "169.254.1.1", "dev", "eth0");
  }

  /** Plans and applies, as ADD does. @returns the plan that was applied */
  coordinate(pod: StagedPod, options: CoordinateOptions = {}): Plan {
    using opened = this.open(pod);
    const plan = this.plan(pod, { ...options, kernel: opened.kernel });
    new StepRun(opened.kernel, options.watcher).apply(plan.steps.map(({ step }) => step));
    return plan;
  }

  /** What ADD would do now. */
  plan(pod: StagedPod, options: CoordinateOptions & { readonly kernel?: StepKernel } = {}): Plan {
    const { ifname = "eth0", conf = {}, agent = {}, kernel } = options;
    using opened = kernel === undefined ? this.open(pod) : undefined;
    const settings = mergeSettings(conf, { ...exampleAgent, ...agent });
    const attachment = { containerId: pod.containerId, ifname, newVeth: { pod: randomMac(), host: randomMac() } };
    const used = kernel ?? opened?.kernel;
    if (used === undefined) throw new Error("Cannot plan: no kernel is open");
    return planCoordinator(settings, observe(used, { settings, attachment }));
  }

  /** Opens node and Pod for steps. */
  open({ netns }: StagedPod): Disposable & { readonly kernel: StepKernel } {
    using resources = new DisposableStack();
    const [host, pod] = [this.node, netns].map(({ path }) =>
      resources.use(openStepNetns(resources.use(openNetns(path))))
    );
    if (host === undefined || pod === undefined) throw new Error("Cannot open node and Pod");
    const kept = resources.move();
    return { kernel: { host, pod }, [Symbol.dispose]: () => kept.dispose() };
  }

  [Symbol.dispose](): void {
    using all = new DisposableStack(); // also when one of them fails
    for (const netns of [this.node, ...this.lans, ...this.#pods]) all.use(netns);
  }

  #wire(
    name: string,
    { lan, node, router }: { lan: TestNetns; node: readonly string[]; router: readonly string[] },
  ): void {
    this.node.ip("link", "add", name, "type", "veth", "peer", "name", "port", "netns", lan.name);
    addAddresses(this.node, { link: name, prefixes: node });
    addAddresses(lan, { link: "port", prefixes: router });
    lan.ip("link", "set", "lo", "up");
    lan.ip("link", "set", "port", "up");
    this.node.ip("link", "set", name, "up");
  }
}

function addAddresses(netns: TestNetns, { link, prefixes }: { link: string; prefixes: readonly string[] }): void {
  for (const prefix of prefixes) {
    const noDad = prefix.includes(":") ? ["nodad"] : []; // usable at once
    netns.ip("addr", "add", prefix, "dev", link, ...noDad);
  }
}

/** How to ping. */
export interface PingOptions {
  /** An address or a link. */
  readonly from?: string;
  /** Bytes of data, in one packet. */
  readonly size?: number;
}

/** Whether `address` answers a ping from inside `netns`, sooner or later. */
export function reaches(netns: TestNetns, address: string, { from, size }: PingOptions = {}): boolean {
  const source = from === undefined ? [] : ["-I", from];
  const whole = size === undefined ? [] : ["-M", "do", "-s", String(size)];
  return ping(["ip", "netns", "exec", netns.name], [...source, ...whole, address]) !== undefined;
}

/** What `ip` prints, one line each, without what differs from run to run and what the kernel adds by itself. */
export function ipText(netns: TestNetns, ...args: readonly string[]): string[] {
  return runTool("ip", ["-n", netns.name, ...args]).split("\n")
    .map((line) => line.replaceAll(/\s+/g, " ").replace(/ linkdown\b/, "").replace(/ pref medium$/, "").trim())
    .filter((line) => line !== "" && !line.startsWith("fe80::") && !line.startsWith("multicast"));
}
