import { needsNetns } from "../shared/netns.ts";
import { testUnless } from "../shared/skip.ts";
import { TestAttachment } from "./attachment.ts";
import type { Answer } from "./fake_agent.ts";

/** Requests of the plugin as {@linkcode FakeAgent} tells them apart. */
export const ADD = "POST /v1/ipam/ip";
export const DEL = "DELETE /v1/ipam/ip";
export const ENDPOINT = "GET /v1/workloadendpoint?podNamespace=ns1&podName=web-0";

/** Addresses of an answer, as the agent writes them. */
export const v4 = { version: 4, address: "10.1.0.10/24", gateway: "10.1.0.1", ipPool: "v4a", nic: "eth0" };
export const v6 = { version: 6, address: "FD00:1:0::10/64", gateway: "fd00:1::1", ipPool: "v6a", nic: "eth0" };
/** An answer for a dual-stack Pod. */
export const dualStack = {
  ips: [v4, v6],
  routes: [{ ifName: "eth0", dst: "0.0.0.0/0", gw: "10.1.0.1" }, { ifName: "eth0", dst: "::/0", gw: "fd00:1::1" }],
};

/** One test of the plugin. */
export interface PluginCase {
  readonly name: string;
  /** Answers of the agent beside or instead of those that fit an ordinary Pod. */
  readonly answers?: Readonly<Record<string, Answer>>;
  run(attachment: TestAttachment): Promise<void>;
}

/** Registers a test of `spiderpool` with a Pod and an agent of its own. */
export function pluginTest({ name, answers = {}, run }: PluginCase): void {
  testUnless(needsNetns(), {
    name: `spiderpool ${name}`,
    async fn() {
      await using attachment = new TestAttachment({
        [ADD]: { status: 200, json: dualStack },
        [DEL]: { status: 200 },
        ...answers,
      });
      await run(attachment);
    },
  });
}

/** A result that CHECK gets, with these addresses on `eth0`. */
export function prevResult(...addresses: string[]): Record<string, unknown> {
  const ips = addresses.map((address) => ({ address, interface: 0 }));
  return { cniVersion: "1.0.0", interfaces: [{ name: "eth0", sandbox: "/x" }], ips };
}

/** What the agent says of a Pod with these addresses. */
export function endpoint(ipv4: string, ipv6: string): Answer {
  const interfaces = [{ interface: "eth0", ipv4, ipv6, routes: [{ ifName: null, dst: "::/0", gw: "fd00::1" }] }];
  return { status: 200, json: { podNamespace: "ns1", podName: "web-0", podUID: "u1", node: "n1", interfaces } };
}
