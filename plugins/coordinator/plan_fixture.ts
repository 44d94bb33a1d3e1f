import type { CoordinatorConfig } from "../../agent/api/mod.ts";
import { formatStep } from "../../net/steps/mod.ts";
import { mergeSettings } from "./merge.ts";
import type { NetnsText, ObservedText } from "./observed_fixture.ts";
import { observedFrom } from "./observed_fixture.ts";
import { type Plan, planCoordinator } from "./plan.ts";
import type { CoordinatorConf } from "./config.ts";

/** The agent's answer of the specification's examples. */
export const exampleAgent: CoordinatorConfig = {
  mode: "auto",
  overlayPodCIDR: ["10.160.0.0/16"],
  serviceCIDR: ["10.150.0.0/16", "fd10:150::/112"],
  hijackCIDR: ["169.254.25.0/24"],
  hostRuleTable: 500,
  podRPFilter: 0,
  tunePodRoutes: true,
};

/** The node of the specification's examples. */
export const exampleHost: NetnsText = {
  links: [
    "1 lo loopback 00:00:00:00:00:00 127.0.0.1/8",
    "2 ens5 ether 02:00:00:00:00:05 172.22.16.11/20 fd22:16::11/64",
    "3 ens6 ether 02:00:00:00:00:06 10.77.0.11/24",
  ],
};

/** Pod (a) of the examples: one macvlan, dual stack. */
export const underlayPod: NetnsText = {
  links: [
    "1 lo loopback",
    "2 eth0 macvlan@2 02:42:16:00:17:50 172.22.17.50/20 fd22:16::1750/64 fe80::42:16ff:fe00:1750/64",
  ],
  routes: [
    "default via 172.22.16.1 dev eth0",
    "172.22.16.0/20 dev eth0 src 172.22.17.50 kernel",
    "::/0 via fd22:16::1 dev eth0",
    "fd22:16::/64 dev eth0 metric 256 kernel",
    "fe80::/64 dev eth0 metric 256 kernel",
  ],
  sysctls: { "net/ipv6/conf/all/disable_ipv6": "0", "net/ipv4/conf/all/rp_filter": "0" },
};

/** Pod (b): eth0 of the main CNI, net1 macvlan, IPv4. */
export const overlayPod: NetnsText = {
  links: [
    "1 lo loopback",
    "2 eth0 veth@9 c2:10:16:00:04:23 10.160.4.23/32",
    "3 net1 macvlan@2 02:42:16:00:17:51 172.22.17.51/20",
  ],
  routes: [
    "default via 169.254.1.1 dev eth0",
    "169.254.1.1 dev eth0",
    "default via 172.22.16.1 dev net1",
    "172.22.16.0/20 dev net1 src 172.22.17.51 kernel",
  ],
};

/** The node of Pod (b). */
export const overlayHost: NetnsText = {
  links: [...exampleHost.links, "9 cali0a1b2c3d4e5 veth@2 ee:ee:ee:ee:ee:ee"],
};

/** Pod (a) at the ADD of its first link. */
export const first: ObservedText = {
  ifname: "eth0",
  pod: underlayPod,
  host: exampleHost,
  lookups: ["172.22.16.11", "fd22:16::11"],
};
/** Pod (b) at the ADD of its second link. */
export const overlay: ObservedText = { ifname: "net1", pod: overlayPod, host: overlayHost, lookups: ["172.22.16.11"] };

/** Pod (a) after its first link was coordinated, with net1 as its main plugin left it. */
export const second: ObservedText = {
  ifname: "net1",
  pod: {
    links: [
      ...underlayPod.links,
      "3 veth0 veth@7 3a:11:22:33:44:55",
      "4 net1 macvlan@3 02:42:10:77:00:50 10.77.0.50/24",
    ],
    routes: [
      ...(underlayPod.routes ?? []),
      "10.160.0.0/16 via 172.22.16.11 dev veth0 src 172.22.17.50",
      "172.22.16.11 dev veth0 src 172.22.17.50 table 101",
      "10.77.0.11 dev veth0 src 172.22.17.50 table 101",
      "default via 10.77.0.1 dev net1",
      "10.77.0.0/24 dev net1 src 10.77.0.50 kernel",
    ],
    rules: ["1000: from all fwmark 0x1/0x1 lookup 100"],
    neighbors: ["172.22.16.11", "10.77.0.11"].map((address) => `${address} dev veth0 lladdr 5e:aa:bb:cc:dd:01`),
    sysctls: underlayPod.sysctls ?? {},
  },
  host: {
    links: [...exampleHost.links, "7 veth5f1c9a7be20 veth@3 5e:aa:bb:cc:dd:01"],
    rules: ["1000: from all lookup 500", "-6 1000: from all lookup 500"],
    routes: ["172.22.17.50 dev veth5f1c9a7be20 table 500"],
  },
  lookups: ["172.22.16.11 table 500", "10.77.0.11"],
};

/** {@linkcode second} with a third link, after net1 was coordinated. */
export const third: ObservedText = {
  ...second,
  ifname: "net2",
  pod: {
    ...second.pod,
    links: [...second.pod.links, "5 net2 macvlan@3 02:42:10:88:00:50 10.88.0.50/24"],
    routes: [
      ...(second.pod.routes ?? []).filter((r) => r !== "default via 10.77.0.1 dev net1"),
      "default via 10.88.0.1 dev net2",
    ],
    rules: ["999: from 10.77.0.50 lookup 101", "1000: from all fwmark 0x1/0x1 lookup 100"],
  },
};

/** With another Pod. */
export function withPod(observed: ObservedText, change: Partial<ObservedText["pod"]>): ObservedText {
  return { ...observed, pod: { ...observed.pod, ...change } };
}

/** With another node. */
export function withHost(observed: ObservedText, change: Partial<ObservedText["host"]>): ObservedText {
  return { ...observed, host: { ...observed.host, ...change } };
}

/** What a plan is to be made of. */
export interface PlanCase {
  readonly conf?: CoordinatorConf;
  readonly agent?: Partial<CoordinatorConfig>;
  readonly observed: ObservedText;
}

/** The plan for a case over {@linkcode exampleAgent}. */
export function planOf({ conf = {}, agent = {}, observed }: PlanCase): Plan {
  return planCoordinator(mergeSettings(conf, { ...exampleAgent, ...agent }), observedFrom(observed));
}

/** The plan's steps as text. */
export function stepsOf(planCase: PlanCase): string[] {
  return planOf(planCase).steps.map(({ step }) => formatStep(step));
}
