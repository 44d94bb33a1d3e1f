/** Probes between Pods of one macvlan master. */
import assert from "node:assert/strict";
import { openNetns, writeSysctl } from "../../net/host/mod.ts";
import { parseMac } from "../../net/wire/mod.ts";
import { netnsTest, TestNetns } from "../shared/netns.ts";
import { both, detectOn, patient } from "./probe_case.ts";
import { ProbeSegment } from "./probe_segment.ts";

/** Two Pods with macvlan links on one master: only here frames of groups that nobody joined do not come in. */
function macvlanTest(name: string, body: (first: TestNetns, second: TestNetns) => Promise<void>): void {
  netnsTest(name, async (master) => {
    using _segment = new ProbeSegment(master);
    using first = new TestNetns();
    using second = new TestNetns();
    using nl = master.open();
    const parentIndex = nl.linkByName("eth0").index;
    nl.setLinkUp(parentIndex);
    for (const [i, pod] of [first, second].entries()) {
      using target = openNetns(pod.path);
      const address = parseMac(`02:00:5e:00:53:1${i}`);
      nl.createMacvlan({ name: "eth0", parentIndex, mode: "bridge", netns: target, address });
    }
    second.ip("link", "set", "eth0", "up");
    await body(first, second);
  });
}

for (const disabled of ["0", "1"]) {
  macvlanTest(
    `macvlan: another Pod of the master is an impostor, disable_ipv6 = ${disabled}`,
    async (first, second) => {
      first.run(() => writeSysctl("net/ipv6/conf/eth0/disable_ipv6", disabled));
      second.ip("addr", "add", "10.20.0.10/24", "dev", "eth0");
      second.ip("addr", "add", "fd00:20::10/64", "dev", "eth0", "nodad");
      assert.deepEqual(await detectOn(first, both, patient), {
        conflicts: ["10.20.0.10 02:00:5e:00:53:11", "fd00:20::10 02:00:5e:00:53:11"],
        unreachable: [],
      });
    },
  );
}

macvlanTest("macvlan: of two Pods that probe for one address at once, one sees the other", async (first, second) => {
  const settings = { intervalMs: 1_000, conflictProbes: 3 }; // on a busy machine one may begin when the other has asked once
  const found = await Promise.all([first, second].map((pod) => detectOn(pod, both, settings)));
  const [mac1, mac2] = ["02:00:5e:00:53:10", "02:00:5e:00:53:11"];
  // whose probe went out before the other one listened may see nothing
  for (const [i, { conflicts }] of found.entries()) {
    const other = i === 0 ? mac2 : mac1;
    assert.ok(conflicts.every((conflict) => conflict.endsWith(` ${other}`)), `${conflicts}`);
  }
  const seen = new Set(found.flatMap(({ conflicts }) => conflicts.map((conflict) => conflict.split(" ")[0])));
  assert.deepEqual([...seen].toSorted(), ["10.20.0.10", "fd00:20::10"]);
});
