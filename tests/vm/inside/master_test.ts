/** What links in a Pod sit on, of kinds that many kernels lack. */
import assert from "node:assert/strict";
import { findMaster, openNetns } from "../../../net/host/mod.ts";
import { formatAddress } from "../../../net/ip/mod.ts";
import { netnsTest, type TestNetns, TestNetns as Netns } from "../../shared/netns.ts";

/** A node whose `ens5` has addresses and carries VLAN 50, which has addresses too. */
function build(host: TestNetns): void {
  host.ip("link", "add", "ens5", "up", "type", "dummy");
  host.ip("addr", "add", "10.1.0.7/24", "dev", "ens5");
  host.ip("link", "add", "link", "ens5", "name", "ens5.50", "up", "type", "vlan", "id", "50");
  host.ip("addr", "add", "10.50.0.7/24", "dev", "ens5.50");
  host.ip("addr", "add", "fd00:50::7/64", "dev", "ens5.50", "nodad");
}

/** A node whose `ens5` is a slave of `bond0`, which has the address. */
function buildBond(host: TestNetns): void {
  host.ip("link", "add", "ens5", "type", "dummy");
  host.ip("link", "add", "bond0", "type", "bond", "mode", "active-backup", "miimon", "100");
  host.ip("link", "set", "ens5", "master", "bond0");
  host.ip("link", "set", "bond0", "up");
  host.ip("addr", "add", "10.1.0.7/24", "dev", "bond0");
  host.ip("link", "add", "link", "bond0", "name", "bond0.50", "up", "type", "vlan", "id", "50");
  host.ip("addr", "add", "10.50.0.7/24", "dev", "bond0.50");
}

/** The master of the Pod's `eth0`, as the host sees it: names and addresses that are not link-local, or the problem. */
function masterOf(host: TestNetns, pod: TestNetns): unknown {
  const master = host.run(() => findMaster(pod.path, "eth0"));
  if (master.kind === "unknown") return master.problem;
  const addresses = master.addresses.map(formatAddress).filter((text) => !text.startsWith("fe80:"));
  return [master.links.join(), ...addresses];
}

const cases = [
  { name: "an ipvlan", build, parent: "ens5", type: ["ipvlan", "mode", "l2"], want: ["ens5", "10.1.0.7"] },
  { name: "an ipvlan of mode l3", build, parent: "ens5", type: ["ipvlan", "mode", "l3"], want: ["ens5", "10.1.0.7"] },
  { name: "a VLAN", build, parent: "ens5", type: ["vlan", "id", "51"], want: ["ens5", "10.1.0.7"] },
  {
    name: "a macvlan over a VLAN",
    build,
    parent: "ens5.50",
    type: ["macvlan", "mode", "bridge"],
    want: ["ens5.50", "10.50.0.7", "fd00:50::7"],
  },
  {
    name: "an ipvlan over a VLAN",
    build,
    parent: "ens5.50",
    type: ["ipvlan", "mode", "l2"],
    want: ["ens5.50", "10.50.0.7", "fd00:50::7"],
  },
  {
    name: "a macvlan over a bond",
    build: buildBond,
    parent: "bond0",
    type: ["macvlan", "mode", "bridge"],
    want: ["bond0", "10.1.0.7"],
  },
  {
    name: "an ipvlan over a VLAN over a bond",
    build: buildBond,
    parent: "bond0.50",
    type: ["ipvlan", "mode", "l2"],
    want: ["bond0.50", "10.50.0.7"],
  },
];
for (const { name, build, parent, type, want } of cases) {
  netnsTest(`ipam row 34: findMaster() finds the parent of ${name} in another netns`, (host) => {
    using pod = new Netns();
    build(host);
    host.ip("link", "add", "link", parent, "name", "new", "type", ...type);
    host.ip("link", "set", "new", "netns", pod.name, "name", "eth0");
    assert.deepEqual(masterOf(host, pod), want);
  });
}

netnsTest("ipam row 34: findMaster() of a VLAN that was made in the Pod says so", (host) => {
  using pod = new Netns();
  using _target = openNetns(pod.path);
  pod.ip("link", "add", "inner", "type", "dummy");
  pod.ip("link", "add", "link", "inner", "name", "eth0", "type", "vlan", "id", "7");
  assert.equal(masterOf(host, pod), 'the vlan "eth0" sits on a link of the Pod itself');
});

netnsTest("findMaster() says that a dummy link sits on nothing", (host) => {
  using pod = new Netns();
  pod.ip("link", "add", "eth0", "type", "dummy");
  const problem = masterOf(host, pod);
  assert.equal(problem, '"eth0" is a dummy, which sits on no other one and is no VF');
});
