/** What a kernel says of VLANs, bonds and members of bonds is decoded and encoded to the same bytes. */
import assert from "node:assert/strict";
import { routeNetlinkOver } from "../../../net/netlink/mod.ts";
import { linkOf, linkPayload } from "../../../net/route/mod.ts";
import { RTM } from "../../../net/uapi/mod.ts";
import type { Bytes } from "../../../net/wire/mod.ts";
import { needsLinkKind } from "../../shared/link_kinds.ts";
import { NetlinkRecorder } from "../../shared/netlink_recorder.ts";
import { TestNetns } from "../../shared/netns.ts";
import { firstReason, testUnless } from "../../shared/skip.ts";

const commands = [
  "link add e1 type veth peer name e2",
  "link add bond7 type bond mode 802.3ad miimon 100 lacp_rate fast ad_actor_system 02:00:00:00:00:05",
  "link set e1 master bond7",
  "link add bond8 type bond mode active-backup arp_interval 100 arp_ip_target 10.0.0.1,10.0.0.2",
  "link add link bond7 name v50 type vlan id 50",
  "link add link e2 name v51 type vlan proto 802.1ad id 51",
  "link set bond7 up",
];

function linkMessages(netns: TestNetns): Map<string, Bytes> {
  using recorder = netns.run(() => new NetlinkRecorder());
  routeNetlinkOver(recorder).links();
  const payloads = recorder.messages.filter(({ type }) => type === RTM.NEWLINK).map(({ payload }) => payload);
  return new Map(payloads.map((payload) => [linkOf(linkPayload.decode(payload, place)).name, payload]));
}

const place = { what: "link", offset: 0 };

testUnless(firstReason(needsLinkKind("vlan"), needsLinkKind("bond")), {
  name: "link messages of VLANs, bonds and members: decoded and encoded they are the same bytes",
  fn() {
    using netns = new TestNetns();
    for (const command of commands) netns.ip(...command.split(" "));
    const messages = linkMessages(netns);
    for (const name of ["e1", "bond7", "bond8", "v50", "v51"]) {
      const payload = messages.get(name);
      assert.ok(payload, name);
      assert.deepEqual(linkPayload.encode(linkPayload.decode(payload, place)), payload, name);
    }
  },
});
