import type { Place, Step } from "../../net/steps/mod.ts";
import { hostPrefix, isSamePrefix } from "./addresses.ts";
import { macOf } from "./mac.ts";
import { POD_VETH } from "./names.ts";
import type { PlannedStep } from "./plan.ts";
import { isSameMac, type Scene } from "./scene.ts";

/** Settings that a plan looks at; `address`: also those for another link-layer address of the link. */
export function podSysctls(ifname: string, { address }: { readonly address: boolean }): string[] {
  const filters = ["all", ifname, POD_VETH].map(rpFilter);
  return [DISABLE_IPV6, ...filters, ...(address ? announcements(ifname) : [])];
}

const DISABLE_IPV6 = "net/ipv6/conf/all/disable_ipv6";

/** The kernel uses the larger of `all` and the link's own, which a new link takes from the machine. */
function rpFilter(link: string): string {
  return `net/ipv4/conf/${link}/rp_filter`;
}

/** With these the kernel tells the segment when the link-layer address changes: gratuitous ARP, unsolicited NA. */
function announcements(ifname: string): string[] {
  return [`net/ipv4/conf/${ifname}/arp_notify`, `net/ipv6/conf/${ifname}/ndisc_notify`];
}

/** Steps for links and kernel settings: the veth pair, the current link's address and queue. */
export function planLinks(scene: Scene): PlannedStep[] {
  const { families } = scene;
  return [
    ...(families.includes(6) ? sysctl(scene, { key: DISABLE_IPV6, value: "0" }) : []),
    ...planRpFilters(scene),
    ...(scene.role.mode === "underlay" ? planPair(scene) : []),
    ...planMac(scene),
    ...planQueue(scene),
  ];
}

function planRpFilters(scene: Scene): PlannedStep[] {
  const { podRpFilter } = scene.settings;
  if (podRpFilter === undefined) return [];
  return ["all", scene.link.name, POD_VETH].flatMap((link) =>
    sysctl(scene, { key: rpFilter(link), value: `${podRpFilter}` })
  );
}

function planPair({ settings, observed, pair, families }: Scene): PlannedStep[] {
  const { pod, host, stale } = pair;
  const mtu = settings.vethMtu;
  const steps: Step[] = [];
  if (stale !== undefined) steps.push({ do: "deleteLink", place: "host", link: stale.name });
  if (pod.link === undefined) {
    const [end, peer] = [{ name: pod.name, address: pod.address, mtu }, {
      name: host.name,
      address: host.address,
      mtu,
    }];
    steps.push({ do: "createVeth", place: "pod", end, peer });
    const keys = [`net/ipv6/conf/${host.name}/accept_ra`, rpFilter(host.name)];
    steps.push(...keys.map((key) => newSysctl("host", { key, value: "0" })));
    const filter = settings.podRpFilter;
    if (filter !== undefined) steps.push(newSysctl("pod", { key: rpFilter(pod.name), value: `${filter}` }));
  }
  if (!host.link?.up) steps.push(setUp("host", host.name));
  if (!pod.link?.up) steps.push(setUp("pod", pod.name));
  const address = settings.vethLinkAddress;
  if (address !== undefined && (address.family === 6 || families.includes(4))) {
    const prefix = hostPrefix(address);
    const known = observed.pod.addresses.some((own) =>
      own.index === pod.link?.index && isSamePrefix(own.prefix, prefix)
    );
    if (!known) steps.push({ do: "addAddress", place: "pod", link: POD_VETH, prefix });
  }
  return steps.map((step) => ({ part: "pair", step }));
}

/** Of a new link: it goes with that. */
function newSysctl(place: Place, { key, value }: { key: string; value: string }): Step {
  return { do: "writeSysctl", place, key, value, from: undefined };
}

function setUp(place: "host" | "pod", link: string): Step {
  return { do: "changeLink", place, link, to: { up: true }, from: { up: false } };
}

function planMac(scene: Scene): PlannedStep[] {
  const { link } = scene;
  const address = macOf(scene);
  if (address === undefined || isSameMac(link.address, address)) return [];
  const change: Step = {
    do: "changeLink",
    place: "pod",
    link: link.name,
    to: { address },
    from: { address: link.address },
  };
  const { sysctls } = scene.observed.pod;
  const on = announcements(link.name).flatMap((key): Step[] => {
    const from = sysctls[key];
    return from === undefined || from === "1" ? [] : [{ do: "writeSysctl", place: "pod", key, value: "1", from }];
  });
  const off = on.flatMap((step): Step[] =>
    step.do === "writeSysctl" && step.from !== undefined ? [{ ...step, value: step.from, from: step.value }] : []
  );
  return [...on, change, ...off].map((step) => ({ part: "link", step }));
}

function planQueue({ settings: { txQueueLength }, link }: Scene): PlannedStep[] {
  if (txQueueLength === undefined || link.txQueueLength === txQueueLength) return [];
  const from = { txQueueLength: link.txQueueLength };
  return [{
    part: "link",
    step: { do: "changeLink", place: "pod", link: link.name, to: { txQueueLength }, from },
  }];
}

function sysctl({ observed }: Scene, { key, value }: { key: string; value: string }): PlannedStep[] {
  const from = observed.pod.sysctls[key];
  return from === undefined || from === value
    ? []
    : [{ part: "sysctl", step: { do: "writeSysctl", place: "pod", key, value, from } }];
}
