import assert from "node:assert/strict";
import { createAgentClient, unixExchange } from "../../agent/api/mod.ts";
import { spiderIPPools } from "../../crd/generated/mod.ts";
import type { QuarantineRecord } from "../../crd/ipam/quarantine.ts";
import type { PoolRecord } from "../../crd/ipam/record.ts";
import { PoolRecords } from "../../crd/ipam/records.ts";
import { eventType } from "../../crd/kube/event_object.ts";
import { needsNetns } from "../shared/netns.ts";
import { installPrograms } from "../shared/plugin_folder.ts";
import { runTool } from "../shared/run_tool.ts";
import { firstReason, needsPath, testUnless } from "../shared/skip.ts";
import { type Machine, MAIN_PLUGINS, Stage } from "../shared/stage.ts";

const reason = firstReason(needsNetns(), needsPath(`${MAIN_PLUGINS}/macvlan`, "Debian's containernetworking-plugins"));

/** How long what an agent does behind its answers may take, in milliseconds. */
const SOON_MS = 60_000;

/** A record of a Pod or of a quarantine. */
export type ProbeRecord = PoolRecord & Partial<Pick<QuarantineRecord, "reason" | "mac">>;

/** A machine whose Pods are asked for, another one that takes addresses, and pools. */
export class ProbeStage implements AsyncDisposable {
  private constructor(readonly stage: Stage, readonly machine: Machine, readonly impostor: Machine) {}

  /** @param agentConf members of the agents' conf.yml */
  static async build(agentConf: Readonly<Record<string, unknown>>): Promise<ProbeStage> {
    const stage = await Stage.build({
      prefix: `spprobe${crypto.randomUUID().slice(0, 8)}`, // files of tests may run at once
      machines: ["a", "x"],
      pluginFolder: await installPrograms(),
      manifest: "manifests/examples/demo.yaml",
      agentConf,
      say: () => undefined,
    });
    const [machine, impostor] = stage.machines;
    assert(machine !== undefined && impostor !== undefined);
    return new ProbeStage(stage, machine, impostor);
  }

  /** Makes a pool of `10.20.0.<from>` to `10.20.0.<to>`, or of `fd00:20::<from>` on. */
  async addPool(name: string, ips: string): Promise<void> {
    const isV6 = ips.includes(":");
    const spec = isV6
      ? { ipVersion: 6 as const, subnet: "fd00:20::/64", ips: [ips], gateway: "fd00:20::1" }
      : { ipVersion: 4 as const, subnet: "10.20.0.0/24", ips: [ips], gateway: "10.20.0.1" };
    await this.stage.client(spiderIPPools).create({
      apiVersion: "spiderpool.spidernet.io/v2beta1",
      kind: "SpiderIPPool",
      metadata: { name },
      spec,
    });
    await this.#untilFree(name, isV6);
  }

  /** The agent knows what the API server told its watches: not at once what was just written. */
  async #untilFree(pool: string, isV6: boolean): Promise<void> {
    const agent = createAgentClient(unixExchange(this.machine.agent.socket, { timeoutMs: SOON_MS }));
    const query = { defaultIPv4IPPool: isV6 ? [] : [pool], defaultIPv6IPPool: isV6 ? [pool] : [] };
    const untilMs = Date.now() + SOON_MS;
    while (!(await agent.capacity(query))?.families.some(({ hasFree }) => hasFree)) {
      if (Date.now() > untilMs) throw new Error(`Cannot go on: the agent sees no free address in pool "${pool}"`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** The other machine takes addresses, each with its prefix length. @returns its MAC */
  steal(...addresses: readonly string[]): string {
    for (const address of addresses) {
      const nodad = address.includes(":") ? ["nodad"] : [];
      this.#ofImpostor("addr", "add", address, "dev", "eth0", ...nodad);
    }
    return JSON.parse(this.#ofImpostor("-j", "link", "show", "dev", "eth0"))[0].address;
  }

  /** The other machine lets addresses go. */
  leave(...addresses: readonly string[]): void {
    for (const address of addresses) this.#ofImpostor("addr", "del", address, "dev", "eth0");
  }

  /** Records of a pool by address. */
  async records(pool: string): Promise<Map<string, ProbeRecord>> {
    const { status } = await this.stage.client(spiderIPPools).get({ name: pool });
    return new Map(Array.from(PoolRecords.parse(status?.allocatedIPs).entries(), ({ key, record }) => [key, record]));
  }

  /** Lets the quarantine of `address` be over since `agoMs` milliseconds: nobody wants to wait for that. */
  async endQuarantine(pool: string, { address, agoMs }: { address: string; agoMs: number }): Promise<void> {
    const client = this.stage.client(spiderIPPools);
    const object = await client.get({ name: pool });
    const all = JSON.parse(object.status?.allocatedIPs ?? "{}");
    assert.match(all[address]?.podUid ?? "", /^quarantine:/);
    all[address].podUid = `quarantine:${new Date(Date.now() - agoMs).toISOString()}`;
    await client.updateStatus({ ...object, status: { ...object.status, allocatedIPs: JSON.stringify(all) } });
  }

  /** Events of a reason, once there are `count`. @throws {Error} if there are not in time */
  async events(reason: string, count: number) {
    const untilMs = Date.now() + SOON_MS;
    for (;;) {
      const { items } = await this.stage.client(eventType).list({ namespace: "default" });
      const found = items.filter((event) => event.reason === reason);
      if (found.length >= count) return found;
      if (Date.now() > untilMs) throw new Error(`Cannot see ${count} Events ${reason}: there are ${found.length}`);
      await new Promise((resolve) => setTimeout(resolve, 20)); // they are written behind the answer
    }
  }

  #ofImpostor(...args: readonly string[]): string {
    return runTool("ip", ["-n", this.stage.lan.nodes[1]?.netns ?? "", ...args]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stage[Symbol.asyncDispose]();
  }
}

/** A busy machine must not end a wait before the answer; silence costs this much. */
export const patientDetection = { conflictProbes: 3, interval: "500ms", linkWait: "20s" };

/** Registers a test with a stage of its own, whose agents have `conf` in their conf.yml. */
export function stageTest(
  name: string,
  conf: Readonly<Record<string, unknown>>,
  body: (probes: ProbeStage, t: Deno.TestContext) => Promise<void>,
): void {
  testUnless(reason, {
    name,
    async fn(t) {
      await using probes = await ProbeStage.build(conf);
      await body(probes, t);
    },
  });
}

/** Code and message of a plugin's error. */
export function messageOf({ result }: { result: { msg?: string; code?: number } | undefined }) {
  return [result?.code, result?.msg];
}
