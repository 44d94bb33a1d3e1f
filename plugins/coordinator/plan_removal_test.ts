import assert from "node:assert/strict";
import { parseAddress } from "../../net/ip/mod.ts";
import { formatStep } from "../../net/steps/mod.ts";
import { observedFrom } from "./observed_fixture.ts";
import { planRemoval } from "./plan_removal.ts";

const node = {
  links: [
    "2 ens5 ether 02:00:00:00:00:05 172.22.16.11/20",
    "7 veth5f1c9a7be20 veth@3 5e:aa:bb:cc:dd:01",
    "8 vethother00000 veth@3 5e:aa:bb:cc:dd:02",
    "9 cali0a1b2c3d4e5 veth@2 ee:ee:ee:ee:ee:ee",
  ],
  routes: [
    "10.160.4.23 dev cali0a1b2c3d4e5",
    "172.22.17.51 dev cali0a1b2c3d4e5 table 500",
    "172.22.17.51 dev vethother00000 table 600",
    "172.22.17.99 dev cali0a1b2c3d4e5 table 500",
  ],
  neighbors: [
    "172.22.17.51 dev cali0a1b2c3d4e5 lladdr c2:10:16:00:04:23",
    "172.22.17.51 dev vethother00000 lladdr c2:10:16:00:04:99",
  ],
};

function removal(options: { firstLink?: string; links?: readonly string[]; containerId?: string }): string[] {
  const { firstLink, links = node.links, containerId = "none" } = options;
  const pod = { links: firstLink === undefined ? [] : [firstLink] };
  const observed = observedFrom({ ifname: "net1", pod, host: { ...node, links } });
  const addresses = ["172.22.17.51", "10.160.4.23"].map(parseAddress);
  return planRemoval({ containerId, addresses, firstLink: observed.pod.links[0], host: observed.host }).map(formatStep);
}

const cases: readonly { name: string; options: Parameters<typeof removal>[0]; want: readonly string[] }[] = [
  {
    name: "88: the Pod's own pair",
    options: { containerId: "5f1c9a7be20d44aa91", firstLink: "2 eth0 macvlan@2 02:00:00:00:00:50" },
    want: ["ip link del veth5f1c9a7be20"],
  },
  {
    name: "90: by the main CNI's pair, the link's addresses only, and not what main has",
    options: { firstLink: "2 eth0 veth@9 c2:10:16:00:04:23" },
    want: [
      "ip route del 172.22.17.51 dev cali0a1b2c3d4e5 table 500",
      "ip neigh del 172.22.17.51 dev cali0a1b2c3d4e5",
    ],
  },
  { name: "87: the Pod is gone: what is by links that are up is another Pod's", options: {}, want: [] },
  {
    name: "87: the Pod is gone, and so is the other end of the link",
    options: { links: node.links.map((link) => link.includes("cali") ? `${link} down` : link) },
    want: [
      "ip route del 172.22.17.51 dev cali0a1b2c3d4e5 table 500",
      "ip neigh del 172.22.17.51 dev cali0a1b2c3d4e5",
    ],
  },
  {
    name: "87: the Pod is gone: a link that is down and no end of a pair is not its",
    options: {
      links: node.links.map((link) => link.replace("cali0a1b2c3d4e5 veth@2", "cali0a1b2c3d4e5 dummy") + " down"),
    },
    want: ["ip route del 172.22.17.51 dev vethother00000 table 600", "ip neigh del 172.22.17.51 dev vethother00000"],
  },
];
for (const { name, options, want } of cases) {
  Deno.test(`plugins row ${name}`, () => assert.deepEqual(removal(options), want));
}
