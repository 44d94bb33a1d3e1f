import assert from "node:assert/strict";
import { findMaster, NetnsError, openNetns } from "../../net/host/mod.ts";
import { formatAddress, parsePrefix } from "../../net/ip/mod.ts";
import { netnsTest, type TestNetns, TestNetns as Netns } from "../shared/netns.ts";

/** A host with link `parent` that has two addresses, and its index. */
function withParent(host: TestNetns): number {
  using nl = host.open();
  nl.createVeth({ name: "parent", up: true, peer: { name: "wire" } });
  const { index } = nl.linkByName("parent");
  nl.addAddress({ index, prefix: parsePrefix("10.1.0.7/24") });
  nl.addAddress({ index, prefix: parsePrefix("fd00:1::7/64") });
  return index;
}

/** The master as the host sees it: names and addresses that are not link-local, or the problem. */
function masterOf(host: TestNetns, pod: TestNetns, options: Parameters<typeof findMaster>[2] = {}): unknown {
  const master = host.run(() => findMaster(pod.path, "eth0", options));
  if (master.kind === "unknown") return master.problem;
  const addresses = master.addresses.map(formatAddress).filter((text) => !text.startsWith("fe80:"));
  return [master.links.join(), ...addresses];
}

netnsTest("ipam row 34: findMaster() finds the parent of a macvlan in another netns, and its addresses", (host) => {
  using pod = new Netns();
  using target = openNetns(pod.path);
  const parentIndex = withParent(host);
  using nl = host.open();
  nl.createMacvlan({ name: "eth0", parentIndex, mode: "bridge", netns: target });
  assert.deepEqual(masterOf(host, pod), ["parent", "10.1.0.7", "fd00:1::7"]);
});

netnsTest("findMaster() says that a veth sits on nothing, and that a link is missing", (host) => {
  using pod = new Netns();
  using target = openNetns(pod.path);
  assert.equal(masterOf(host, pod), `there is no link "eth0" in ${pod.path}`);
  using nl = host.open();
  nl.createVeth({ name: "host0", peer: { name: "eth0", netns: target } });
  assert.equal(masterOf(host, pod), '"eth0" is a veth, which sits on no other one and is no VF');
});

netnsTest("findMaster() says that a macvlan sits on a link of the Pod itself", (host) => {
  using pod = new Netns();
  using nl = pod.open();
  nl.createVeth({ name: "inner", up: true, peer: { name: "wire" } });
  nl.createMacvlan({ name: "eth0", parentIndex: nl.linkByName("inner").index, mode: "bridge" });
  assert.equal(masterOf(host, pod), 'the macvlan "eth0" sits on a link of the Pod itself');
});

netnsTest("findMaster() tells a path that is no netns", (host) => {
  assert.throws(() => host.run(() => findMaster("/run/netns/none-of-this-name", "eth0")), NetnsError);
});

/** A sysfs as a host with a two-port SR-IOV card has it: symbolic links only. */
function recordedSysfs(links: Readonly<Record<string, string>>): { readonly path: string } & Disposable {
  const path = Deno.makeTempDirSync();
  for (const [name, target] of Object.entries(links)) {
    Deno.mkdirSync(`${path}/${name}`.replace(/\/[^/]+$/, ""), { recursive: true });
    Deno.symlinkSync(target, `${path}/${name}`);
  }
  return { path, [Symbol.dispose]: () => Deno.removeSync(path, { recursive: true }) };
}

const card = {
  "bus/pci/devices/0000:03:02.1/physfn": "../0000:03:00.0",
  "class/net/parent/device": "../../../0000:03:00.0",
  "class/net/wire/device": "../../../0000:03:00.1",
};
const functions = [
  { name: "the PF's link and addresses", bus: "0000:03:02.1", want: ["parent", "10.1.0.7", "fd00:1::7"] },
  {
    name: "a whole device that was moved into the Pod",
    bus: "0000:04:00.0",
    want: 'the device 0000:04:00.0 of "eth0" is no virtual function',
  },
  {
    name: "a PF without a link here",
    bus: "0000:03:02.1",
    without: "class/net/parent/device",
    want: 'the physical function 0000:03:00.0 of "eth0" has no link in this network namespace',
  },
];
for (const { name, bus, without = "", want } of functions) {
  netnsTest(`ipam row 34: findMaster() of a virtual function: ${name}`, (host) => {
    using pod = new Netns();
    using target = openNetns(pod.path);
    withParent(host);
    using nl = host.open();
    nl.createVeth({ name: "host0", peer: { name: "eth0", netns: target } }); // stands for the VF
    using sysfs = recordedSysfs(Object.fromEntries(Object.entries(card).filter(([path]) => path !== without)));
    assert.deepEqual(masterOf(host, pod, { sysfs: sysfs.path, busAddress: () => bus }), want);
  });
}

netnsTest("findMaster() takes the addresses of the bridge that the parent is part of", (host) => {
  using pod = new Netns();
  using target = openNetns(pod.path);
  withParent(host);
  host.ip("link", "add", "br0", "type", "bridge");
  host.ip("addr", "add", "10.2.0.7/24", "dev", "br0");
  host.ip("link", "set", "parent", "master", "br0");
  using nl = host.open();
  nl.createVeth({ name: "host0", peer: { name: "eth0", netns: target } });
  using sysfs = recordedSysfs(card);
  const master = masterOf(host, pod, { sysfs: sysfs.path, busAddress: () => "0000:03:02.1" });
  assert.deepEqual(master, ["parent,br0", "10.1.0.7", "fd00:1::7", "10.2.0.7"]);
});
