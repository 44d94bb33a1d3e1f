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
