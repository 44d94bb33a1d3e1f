/** The chain ifacer, macvlan, coordinator as Pods get it in a cluster: by Multus, on first and further links. */
import assert from "node:assert/strict";
import { allTalk, type Asker, conversationsOf, serveName, type Target } from "../../e2e/conversations.ts";
import { BUSYBOX } from "../../../scripts/cluster/busybox.ts";
import { goProgram } from "../../shared/go_program.ts";
import { needsLinkKind } from "../../shared/link_kinds.ts";
import { ping } from "../../shared/ping.ts";
import { poolState } from "../../shared/pool_state.ts";
import { runTool } from "../../shared/run_tool.ts";
import { firstReason, needsCommand, needsPath, testUnless } from "../../shared/skip.ts";
import { MAIN_PLUGINS } from "../../shared/stage.ts";
import { type Families, segments } from "../chain_networks.ts";
import { MultusBed, type MultusPod, type MultusPodWish } from "../multus_bed.ts";
import { nodeAddresses, SERVICES } from "../trunk.ts";

/** Each family is on a first and on a second link; on each segment there are two of a family on the same and on both nodes. */
const wishes: readonly MultusPodWish[] = [
  { name: "one", node: 0, first: "v4", isClusterNetwork: true, second: "v6" },
  { name: "two", node: 1, first: "v6", second: "dual" },
  { name: "three", node: 0, first: "dual", second: "v4" },
];

/** Places of IPv4 and IPv6 in pairs. */
const kindsOf: Readonly<Record<Families, readonly number[]>> = { v4: [0], v6: [1], dual: [0, 1] };

const multus = await goProgram("multus");
const reason = firstReason(
  needsLinkKind("vlan"),
  multus.reason,
  needsPath(`${MAIN_PLUGINS}/macvlan`, "Debian's containernetworking-plugins"),
  needsPath(BUSYBOX, "Debian's busybox-static"),
  ...["nsenter", "ping", "unshare"].map(needsCommand),
);

testUnless(reason, {
  name: "ifacer, macvlan, coordinator through Multus: Pods on two nodes, IPv4, IPv6 and both, first and second link",
  async fn() {
    await using bed = await MultusBed.build(multus.path ?? "");
    const links = bed.nodes.map(({ netns }) => linksOf(netns));
    const pods: MultusPod[] = [];
    for (const wish of wishes) {
      const { pod, answer } = await bed.add(wish);
      assert.equal(answer.code, 0, answer.result?.msg ?? answer.stderr);
      assertAddresses(pod);
      pods.push(pod);
    }
    await assertAllTalk(bed, pods);
    await removeAll(bed, pods);
    const vlans = segments.map(({ link }) => link);
    assert.deepEqual(bed.nodes.map(({ netns }) => linksOf(netns)), links.map((names) => [...names, ...vlans].sort()));
    for (const { netns } of bed.nodes) assertNoRoutes(netns);
    for (const name of segments.flatMap(({ pools }) => pools.map(({ metadata }) => metadata.name))) {
      assert.deepEqual((await poolState(bed.stage, name)).holders, {}, name);
    }
  },
});

/** The Pod has links of both networks, each with addresses of its families and of its segment. */
function assertAddresses(pod: MultusPod): void {
  const wanted: readonly (readonly [string, Families])[] = [["eth0", pod.first], ["net1", pod.second]];
  wanted.forEach(([link, families], i) => {
    const prefixes = [`10.${segments[i]?.vlanId}.0.`, `fd00:${segments[i]?.vlanId}::`];
    const got = addressesOf(pod, link);
    const kinds = got.map((address) => prefixes.findIndex((prefix) => address.startsWith(prefix)));
    assert.deepEqual(kinds.sort(), kindsOf[families], `${pod.name} ${link}: ${got.join(", ")}`);
  });
}

/** Everybody reaches everybody: Pods each other's links, their nodes and services, nodes the Pods. */
async function assertAllTalk(bed: MultusBed, pods: readonly MultusPod[]): Promise<void> {
  await using servers = new AsyncDisposableStack();
  const everybody = [
    ...pods.map(({ name, netns }) => ({ name, netns })),
    ...bed.nodes.map(({ name, netns }) => ({ name, netns: `/var/run/netns/${netns}` })),
  ];
  for (const { name, netns } of everybody) servers.use(await serveName(name, { netns, folder: bed.stage.folder }));
  const targets = pods.flatMap((pod) =>
    ["eth0", "net1"].flatMap((link) => targetsOf(pod.name, addressesOf(pod, link)))
  );
  const conversations = everybody.flatMap((asker) => {
    const others = targets.filter(({ name }) => name !== asker.name);
    return conversationsOf(bothFamilies(asker), others);
  });
  const toNodes = pods.flatMap((pod) => {
    const nodes = bed.nodes.flatMap(({ name }, i) => targetsOf(name, nodeAddresses(i)));
    // only the first link's families have routes to services in the main table
    const services = targetsOf(
      bed.nodes[pod.node]?.name ?? "",
      SERVICES.filter((_, i) => kindsOf[pod.first].includes(i)),
    );
    return conversationsOf(bothFamilies(pod), [...nodes, ...services]);
  });
  await allTalk([...conversations, ...toNodes]);
}

function bothFamilies({ name, netns }: Asker) {
  return [false, true].map((isV6) => ({ name, netns, isV6 }));
}

function targetsOf(name: string, addresses: readonly string[]): Target[] {
  return addresses.map((address) => ({ name, address }));
}

/** Removes one after the other. When one of two on a node has gone, the other still has its segment. */
async function removeAll(bed: MultusBed, pods: readonly MultusPod[]): Promise<void> {
  for (const pod of pods) {
    const { code, result, stderr } = await bed.remove(pod);
    assert.equal(code, 0, result?.msg ?? stderr);
    assert.deepEqual(linksOf(pod.netns), ["lo"]);
    const last = pods.at(-1);
    if (last === undefined || pod === last) continue;
    const router = segments[0].router[0].split("/")[0] ?? "";
    assert.notEqual(ping(["nsenter", `--net=${last.netns}`], [router]), undefined, `no answer from ${router}`);
  }
}

function addressesOf({ netns }: MultusPod, link: string): string[] {
  const args = [`--net=${netns}`, "ip", "-o", "addr", "show", "dev", link, "scope", "global"];
  const lines = runTool("nsenter", args).split("\n");
  return lines.flatMap((line) => /inet6? ([^/]+)\//.exec(line)?.[1] ?? []);
}

/** Names of the links in a network namespace. */
function linksOf(netns: string): string[] {
  const path = netns.startsWith("/") ? netns : `/var/run/netns/${netns}`;
  const lines = runTool("nsenter", [`--net=${path}`, "ip", "-o", "link"]).split("\n");
  return lines.flatMap((line) => /^\d+: ([^:@]+)/.exec(line)?.[1] ?? []).sort();
}

/** The coordinator's routes to Pods, of its table, have gone. */
function assertNoRoutes(netns: string): void {
  for (const family of ["-4", "-6"]) {
    const routes = runTool("ip", ["-n", netns, family, "route", "show", "table", "all"]);
    assert.doesNotMatch(routes, / table 500( |$)/m);
  }
}
