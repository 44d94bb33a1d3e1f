import assert from "node:assert/strict";
import { basename, dirname } from "node:path";
import { FakeClock } from "../net/base/fake_clock.ts";
import type { IpamAddResponse } from "./api/mod.ts";
import { AgentUnreachableError } from "./api/mod.ts";
import { addArgs, launchDaemon, probesOf, startDaemon, withFolder } from "./daemon_fixture.ts";
import { StopTooLongError } from "./lifecycle/mod.ts";

const empty: IpamAddResponse = { ips: [], routes: null };
/** What its caller reads. */
const answer = { ips: [] };
const TOLD = "stops: takes no further requests, and ends those that run";

/** Whether the socket's file is there: the runtime deletes it a moment after the socket was closed. */
function exists(path: string): boolean {
  return [...Deno.readDirSync(dirname(path))].some(({ name }) => name === basename(path));
}

/** An ADD that begins when somebody asks, and ends when the test says so. */
function heldAdd() {
  const begun = Promise.withResolvers<void>();
  const end = Promise.withResolvers<IpamAddResponse>();
  function add(): Promise<IpamAddResponse> {
    begun.resolve();
    return end.promise;
  }
  return { add, begun: begun.promise, end: () => end.resolve(empty) };
}

Deno.test("agent rows 6.5, 6.6, 6.7: the probes say no until everything is up, and then yes", async () => {
  await withFolder(async (folder) => {
    const created = Promise.withResolvers<void>();
    const daemon = launchDaemon(folder, { created: created.promise });
    while (!daemon.events.includes("created")) await new Promise((resolve) => setTimeout(resolve, 1));
    assert.deepEqual(await probesOf(daemon), [500, 500, 500]);
    const early = daemon.client.allocate(addArgs("early")); // waits in the socket's queue
    created.resolve();
    await daemon.logged("serves");
    assert.deepEqual(await early, answer);
    assert.deepEqual(await probesOf(daemon), [200, 200, 200]);
    daemon.stop();
    await daemon.ended;
  });
});

Deno.test("agent 5: told to stop, the agent ends what runs, refuses what is new, hands its role on", async () => {
  await withFolder(async (folder) => {
    const held = heldAdd();
    const daemon = await startDaemon(folder, { service: held });
    const running = daemon.client.allocate(addArgs("p"));
    await held.begun;
    daemon.stop();
    await daemon.logged(TOLD);
    await assert.rejects(daemon.client.allocate(addArgs("q")), AgentUnreachableError); // CNI code 11: come again
    assert.deepEqual(await probesOf(daemon), [500, 500, 500]);
    assert.deepEqual(daemon.events.slice(-2), [`log ${TOLD}`, "handed over"]);
    held.end();
    assert.deepEqual(await running, answer);
    await daemon.ended;
    assert.deepEqual(daemon.events.slice(-2), ["log has ended all requests", "closed"]);
  });
});

Deno.test("agent 5: the next agent takes requests while the one before it ends, but does nothing", async () => {
  await withFolder(async (folder) => {
    const held = heldAdd();
    const old = await startDaemon(folder, { service: held, podName: "old" });
    const running = old.client.allocate(addArgs("p"));
    await held.begun;
    old.stop();
    await old.logged(TOLD);
    while (exists(old.path)) await new Promise((resolve) => setTimeout(resolve, 1));
    const next = launchDaemon(folder, { port: old.port });
    await next.logged("waits for the agent before this one");
    const waiting = next.client.allocate(addArgs("q"));
    assert.deepEqual(next.events, ["log waits for the agent before this one"]);
    held.end();
    assert.deepEqual(await Promise.all([running, waiting]), [answer, answer]);
    await old.ended;
    assert.deepEqual(await probesOf(next), [200, 200, 200]);
    next.stop();
    await next.ended;
  });
});

Deno.test("agent 5: an agent that is told to stop while it starts ends in good order", async () => {
  await withFolder(async (folder) => {
    const daemon = launchDaemon(folder, { created: new Promise(() => {}) });
    while (!daemon.events.includes("created")) await new Promise((resolve) => setTimeout(resolve, 1));
    daemon.stop();
    await daemon.ended;
    assert.equal(daemon.events.at(-1), "log stops before it served");
    const next = await startDaemon(folder);
    next.stop();
    await next.ended;
  });
});

Deno.test("agent 5: a request that does not end keeps the agent for 33 s, an end that hangs for 42 s", async () => {
  for (
    const { closed, want } of [{ closed: Promise.resolve() }, {
      closed: new Promise<void>(() => {}),
      want: StopTooLongError,
    }]
  ) {
    await withFolder(async (folder) => {
      const clock = new FakeClock();
      const held = heldAdd();
      const daemon = await startDaemon(folder, { service: held, clock, closed });
      const running = daemon.client.allocate(addArgs("p"));
      running.catch(() => undefined);
      await held.begun;
      daemon.stop();
      await daemon.logged(TOLD);
      await clock.run(32_999);
      assert.ok(!daemon.events.includes("log has ended all requests"));
      await clock.run(1_001);
      await daemon.logged("has ended all requests");
      await clock.run(8_000);
      if (want === undefined) await daemon.ended;
      else await assert.rejects(daemon.ended, want);
    });
  }
});
