/** Somebody sets the node's clock by an hour: what waits goes on as if nothing had happened. */
import assert from "node:assert/strict";
import { Watchdog } from "../../agent/server/watchdog.ts";
import { Deadline } from "../../crd/kube/deadline.ts";
import { fileToken } from "../../crd/kube/token.ts";
import { steadyNow, systemClock } from "../../net/base/clock.ts";
import { FakeClock } from "../../net/base/fake_clock.ts";
import { faultRules } from "../apiserver/server.ts";
import { settableClock } from "../shared/settable_clock.ts";
import { addressesOf, Agent, Cluster } from "./ipam_cluster.ts";
import { testIpam } from "./ipam_tests.ts";

const HOUR = 3_600_000;
const steps = [{ name: "forward", byMs: HOUR }, { name: "back", byMs: -HOUR }];

for (const { name, byMs } of steps) {
  testIpam(`agent 5: clock set ${name} by an hour while an ADD waits for the API server: it is served`, async () => {
    await using cluster = await Cluster.start();
    const { clock, set } = settableClock(cluster.clock);
    const agent = new Agent({ clock, drive: (promise) => cluster.drive(promise) }, cluster.api.connect("agent-n1"), {});
    try {
      await cluster.drive(agent.ready());
      const podUID = await cluster.pod("p");
      await cluster.advance(0);
      const slow = { verb: "update", resource: "spiderippools", count: 1, fault: { delayAfterMs: 5_000 } } as const;
      cluster.api.setFaults(faultRules([slow], () => 0));
      const added = agent.startAdd({ podName: "p", podUID, defaultIPv4IPPool: ["v4a"], defaultIPv6IPPool: ["v6a"] });
      await cluster.advance(2_000);
      set(byMs);
      assert.deepEqual(addressesOf(await cluster.drive(added)), ["eth0 10.1.0.10/24 v4a", "eth0 fd00:1::10/64 v6a"]);
      await cluster.removePod("p");
      await agent.del({ podName: "p", podUID });
      assert.deepEqual([cluster.held(), await agent.journal.list()], [[], []]);
    } finally {
      await agent.stop();
    }
  }, { onlyEmbedded: true });

  testIpam(`agent 5: clock set ${name} by an hour: the lag of the watches is what it was`, async () => {
    await using cluster = await Cluster.start();
    const { clock, set } = settableClock(cluster.clock);
    const agent = new Agent({ clock, drive: (promise) => cluster.drive(promise) }, cluster.api.connect("agent-n1"), {});
    const lags = async () => {
      const { watches, nowMs } = await agent.ipam.state();
      return watches.map(({ heardMs = NaN }) => nowMs - heardMs);
    };
    try {
      await cluster.drive(agent.ready());
      await cluster.advance(2_000);
      const before = await lags();
      assert(before.length > 0 && before.every((ms) => ms >= 0 && ms <= 2_000));
      set(byMs);
      assert.deepEqual(await lags(), before);
    } finally {
      await agent.stop();
    }
  }, { onlyEmbedded: true });

  Deno.test(`agent 5: clock set ${name} by an hour: a request to the API server ends at its own time`, async () => {
    const time = new FakeClock();
    const { clock, set } = settableClock(time);
    using deadline = new Deadline({ clock, timeoutMs: 10_000, request: "GET /" });
    set(byMs);
    await time.run(9_999);
    assert.equal(deadline.signal.aborted, false);
    await time.run(1);
    assert.equal(deadline.signal.aborted, true);
  });

  Deno.test(`agent 6: clock set ${name} by an hour: a slow caller's time is what it was`, async () => {
    const time = new FakeClock();
    const { clock, set } = settableClock(time);
    using watchdog = new Watchdog(clock);
    const ended: string[] = [];
    watchdog.watch(5_000, () => void ended.push("first"));
    watchdog.watch(10_000, () => void ended.push("second"));
    set(byMs);
    await time.run(5_000);
    assert.deepEqual(ended, ["first"]);
    await time.run(5_000);
    assert.deepEqual(ended, ["first", "second"]);
  });

  Deno.test(`agent 11: clock set ${name} by an hour: the token's file is read again within a minute`, async () => {
    const time = new FakeClock();
    const { clock, set } = settableClock(time);
    let content = "one";
    const token = fileToken("/token", { clock, readTextFile: () => Promise.resolve(content) });
    assert.equal(await token.header(), "Bearer one");
    content = "two";
    set(byMs);
    time.advance(59_999);
    assert.equal(await token.header(), "Bearer one");
    time.advance(1);
    assert.equal(await token.header(), "Bearer two");
  });
}

Deno.test("agent 5: the daemon's clock has a steady time, near the one it shows", () => {
  const before = steadyNow(systemClock);
  assert(Math.abs(before - systemClock.now()) < HOUR * 24);
  assert(systemClock.steady !== undefined && steadyNow(systemClock) >= before);
});
