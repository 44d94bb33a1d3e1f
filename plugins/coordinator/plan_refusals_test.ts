import assert from "node:assert/strict";
import { first, overlay, type PlanCase, planOf, second, underlayPod, withHost, withPod } from "./plan_fixture.ts";

interface Refusal extends PlanCase {
  readonly name: string;
  readonly want: RegExp;
}

const refusals: readonly Refusal[] = [
  {
    name: "61: underlay on net1 without veth0",
    conf: { mode: "underlay" },
    observed: overlay,
    want: /underlay needs veth0/,
  },
  { name: "62: overlay on eth0", conf: { mode: "overlay" }, observed: first, want: /overlay is for further links/ },
  { name: "62: overlay with veth0", conf: { mode: "overlay" }, observed: second, want: /works in mode underlay/ },
  {
    name: "64: only link-local addresses",
    observed: withPod(first, {
      links: ["1 lo loopback", "2 eth0 macvlan@2 02:42:16:00:17:50 169.254.7.7/16 fe80::1/64"],
    }),
    want: /no address but link-local ones/,
  },
  {
    name: "80: a link that nobody makes",
    conf: { podDefaultRouteNic: "wlan0" },
    observed: overlay,
    want: /podDefaultRouteNIC: wlan0 don't exist in pod/,
  },
  {
    name: "80: a link before the current one that is not there",
    conf: { podDefaultRouteNic: "net0" },
    observed: overlay,
    want: /don't exist in pod/,
  },
  {
    name: "59: overlay over a first link that is no veth",
    observed: withPod(overlay, {
      links: [
        "1 lo loopback",
        "2 eth0 macvlan@2 02:42:16:00:00:01 10.160.4.23/32",
        "3 net1 macvlan@2 02:42:16:00:17:51 172.22.17.51/20",
      ],
    }),
    want: /it is of kind macvlan/,
  },
  {
    name: "57: a veth0 that is someone else's",
    observed: withPod(first, { links: [...underlayPod.links, "3 veth0 veth@77 3a:00:00:00:00:01"] }),
    want: /its other end is not veth5f1c9a7be20/,
  },
  {
    name: "57: a node without an address",
    observed: withHost(first, {
      links: ["1 lo loopback 00:00:00:00:00:00 127.0.0.1/8", "5 docker0 bridge 02:00:00:00:00:15 10.1.0.1/16"],
    }),
    want: /that has no IPv4 or IPv6 address/,
  },
  {
    name: "57: the link is not there",
    observed: { ...first, ifname: "eth7" },
    want: /Cannot find link eth7/,
  },
];
for (const { name, want, ...planCase } of refusals) {
  Deno.test(`plugins row ${name} is refused with code 7`, () => {
    assert.throws(() => planOf(planCase), { name: "CniError", code: 7, message: want });
  });
}
