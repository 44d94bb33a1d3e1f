import assert from "node:assert/strict";
import { echoedResultOf } from "../cni/mod.ts";
import { linkProblems, planProblems } from "./check.ts";
import { mergeSettings } from "./merge.ts";
import { observedFrom } from "./observed_fixture.ts";
import { exampleAgent, first, second } from "./plan_fixture.ts";

const settings = mergeSettings({}, exampleAgent);

/** `second` as it is found when a link of the Pod is not there any more. */
function without(gone: string) {
  const left = (lines: readonly string[] = []) => lines.filter((line) => !`${line} `.includes(` ${gone} `));
  const { links, routes = [], neighbors = [], ...others } = second.pod;
  const pod = { ...others, links: left(links), routes: left(routes), neighbors: left(neighbors) };
  return observedFrom({ ...second, pod });
}

const lost = [
  { name: "its link", observed: without("net1"), want: [/^Cannot find link net1 in the Pod$/] },
  { name: "veth0", observed: without("veth0"), want: [/^Cannot reach the node by eth0: mode overlay needs a veth/] },
];
for (const { name, observed, want } of lost) {
  Deno.test(`CHECK of a Pod that lost ${name} finds that, and does not blame the configuration`, () => {
    const found = planProblems(settings, observed);
    assert.equal(found.length, want.length);
    want.forEach((pattern, i) => assert.match(found[i] ?? "", pattern));
  });
}

Deno.test("CHECK tells what ADD would have to mend", () => {
  const found = planProblems(settings, observedFrom(first));
  assert.ok(found.includes("missing `ip link set veth5f1c9a7be20 up`"), found.join("\n"));
  assert.ok(!found.some((text) => text.includes("hijack") || text.includes("route add 10.160.0.0/16")));
});

Deno.test("CHECK compares the link in the Pod, not one of the node with its name", () => {
  const prevResult = {
    interfaces: [
      { name: "eth0", mac: "02:00:00:00:00:99" },
      { name: "eth0", mac: "02:42:16:00:17:50", sandbox: "/var/run/netns/a" },
    ],
    ips: [{ address: "172.22.17.50/20", interface: 1 }, { address: "192.0.2.1/24", interface: 0 }],
  };
  const previous = echoedResultOf({ cniVersion: "1.0.0", name: "n", json: { prevResult } });
  assert.ok(previous !== undefined);
  assert.deepEqual(linkProblems(previous, observedFrom(first)), []);
});

Deno.test("CHECK tells every difference of the link", () => {
  const prevResult = {
    interfaces: [{ name: "eth0", mac: "02:00:00:00:00:99" }],
    ips: [{ address: "172.22.17.51/20", interface: 0 }],
  };
  const previous = echoedResultOf({ cniVersion: "1.0.0", name: "n", json: { prevResult } });
  assert.ok(previous !== undefined);
  const links = first.pod.links.map((line) => line.includes("eth0") ? `${line} down` : line);
  assert.deepEqual(linkProblems(previous, observedFrom({ ...first, pod: { ...first.pod, links } })), [
    "it is down",
    "it has no address 172.22.17.51/20",
    "its link-layer address is 02:42:16:00:17:50, not 02:00:00:00:00:99",
  ]);
});
