/** A node of netns with links, and the built plugin `ifacer` on it. */
import assert from "node:assert/strict";
import { openNetns } from "../../net/host/mod.ts";
import { applyStep, openStepNetns, type Step, type StepNetns, type StepWatcher } from "../../net/steps/mod.ts";
import { parseIfacerConf } from "../../plugins/ifacer/config.ts";
import { makeLinks } from "../../plugins/ifacer/make_links.ts";
import { observe } from "../../plugins/ifacer/observe.ts";
import { planIfacer } from "../../plugins/ifacer/plan.ts";
import type { IfacerSettings } from "../../plugins/ifacer/settings.ts";
import { builtPlugin, type PluginRun, runPlugin } from "../cni/plugin_process.ts";
import { TestNetns } from "./netns.ts";

/** What a call changes of an ordinary one. */
export interface IfacerCall {
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Keys of the configuration; `undefined` removes one. */
  readonly conf?: Readonly<Record<string, unknown>>;
  /** When the plugin is killed. */
  readonly killAfterMs?: number;
}

/** What `ip` tells about a link, as far as tests look. */
export interface IpLink {
  readonly ifname: string;
  readonly flags: readonly string[];
  readonly mtu: number;
  readonly address: string;
  /** Name of the parent, or of the other end. */
  readonly link?: string;
  readonly master?: string;
  readonly linkinfo?: { readonly info_kind?: string; readonly info_data?: Readonly<Record<string, unknown>> };
}

/** A node with the interfaces that a test names, each the end of a veth pair. */
export class IfacerStage implements Disposable {
  readonly node = new TestNetns();
  /** Where the other ends of the interfaces are, by the same names. */
  readonly lan = new TestNetns();
  readonly #pod = new TestNetns();

  /** Adds interfaces that are up, as is their other end. */
  addInterfaces(...names: readonly string[]): void {
    for (const name of names) {
      this.node.ip("link", "add", name, "type", "veth", "peer", "name", name, "netns", this.lan.name);
      this.node.ip("link", "set", name, "up");
      this.lan.ip("link", "set", name, "up");
    }
  }

  /** The netns of the Pod that calls are for. */
  get pod(): TestNetns {
    return this.#pod;
  }

  /** Calls the plugin with the keys `conf`, as a runtime does for a Pod. */
  async call(command: string, { env = {}, conf = {}, killAfterMs }: IfacerCall = {}): Promise<PluginRun> {
    const { path } = await builtPlugin("ifacer");
    const variables = {
      CNI_COMMAND: command,
      CNI_CONTAINERID: "c1",
      CNI_NETNS: this.#pod.path,
      CNI_IFNAME: "eth0",
      CNI_PATH: "/opt/cni/bin",
      ...env,
    };
    const stdin = { cniVersion: "1.0.0", name: "net", type: "ifacer", ...conf };
    const options = killAfterMs === undefined ? {} : { killAfterMs };
    const args = [`--net=${this.node.path}`, path];
    return await runPlugin("nsenter", { env: { PATH, ...variables }, stdin }, { args, ...options });
  }

  /** Makes links as ADD does, without a process. @returns what it warned of */
  make(conf: Readonly<Record<string, unknown>>, options: { readonly watcher?: StepWatcher } = {}): string[] {
    const warnings: string[] = [];
    using opened = this.#open();
    makeLinks(opened.host, settingsOf(conf), { ...options, warn: (message) => warnings.push(message) });
    return warnings;
  }

  /** What ADD would do now. */
  plan(conf: Readonly<Record<string, unknown>>): readonly Step[] {
    using opened = this.#open();
    const settings = settingsOf(conf);
    return planIfacer(settings, observe(opened.host.netlink, settings)).steps;
  }

  /** Makes these steps and stops, as a process does that is killed. */
  begin(steps: readonly Step[]): void {
    using opened = this.#open();
    for (const step of steps) applyStep(step, { host: opened.host, pod: opened.host });
  }

  #open(): Disposable & { readonly host: StepNetns } {
    using resources = new DisposableStack();
    const host = resources.use(openStepNetns(resources.use(openNetns(this.node.path))));
    const kept = resources.move();
    return { host, [Symbol.dispose]: () => kept.dispose() };
  }

  /** Links of the node by name. */
  links(): ReadonlyMap<string, IpLink> {
    const links = this.node.ip("link", "show") as IpLink[]; // the shape is that of iproute2; each test checks its fields
    return new Map(links.map((link) => [link.ifname, link]));
  }

  /** Their names, without `lo`. */
  names(): string[] {
    return [...this.links().keys()].filter((name) => name !== "lo").sort();
  }

  [Symbol.dispose](): void {
    using all = new DisposableStack(); // also when one of them fails
    for (const netns of [this.node, this.lan, this.#pod]) all.use(netns);
  }
}

function settingsOf(json: unknown): IfacerSettings {
  return parseIfacerConf({ cniVersion: "1.0.0", name: "net", json }).settings;
}

const PATH = "/usr/sbin:/usr/bin:/sbin:/bin";

/** Fails unless the call succeeded; gives what it printed. */
export function printed({ code, stdout, stderr }: PluginRun): unknown {
  assert.equal(code, 0, `${stdout}${stderr}`);
  return stdout === "" ? undefined : JSON.parse(stdout);
}

/** Fails unless the call was refused with that code, in words that match. */
export function assertRefused({ code, stdout }: PluginRun, want: { code: number; msg: RegExp }): void {
  const error = JSON.parse(stdout);
  assert.match(error.msg, want.msg);
  assert.deepEqual([code, error.code], [1, want.code]);
}
