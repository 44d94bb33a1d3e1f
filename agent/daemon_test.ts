import assert from "node:assert/strict";
import { systemClock } from "../net/base/clock.ts";
import { FakeClock } from "../net/base/fake_clock.ts";
import { silentLog } from "../net/base/log.ts";
import { freePort } from "../net/base/free_port.ts";
import { unixExchange } from "./api/mod.ts";
import { launchDaemon, probesOf, startDaemon, withFolder } from "./daemon_fixture.ts";
import { lockNode, nodeLockOf } from "./lifecycle/mod.ts";
import { AgentRunsOnError, shutDownAgent } from "./remote.ts";
import type { SysctlAccess } from "./sysctl/mod.ts";

/** What is not a line of the log. */
function eventsOf({ events }: { readonly events: readonly string[] }): string[] {
  return events.filter((event) => !event.startsWith("log "));
}

Deno.test("agent rows 6.1, 6.2: runDaemon() serves socket and probes until it is told to stop", async () => {
  await withFolder(async (folder) => {
    const daemon = await startDaemon(folder);
    await daemon.client.healthy();
    assert.deepEqual(await probesOf(daemon), [200, 200, 200]);
    daemon.stop();
    await daemon.ended;
    assert.deepEqual(eventsOf(daemon), ["created", "handed over", "closed"]);
    await assert.rejects(Deno.connect({ transport: "unix", path: daemon.path }));
    await assert.rejects(Deno.connect({ hostname: "127.0.0.1", port: daemon.port }));
  });
});

Deno.test("runDaemon() gives back what only its start needed once it serves, and stops all the same", async () => {
  await withFolder(async (folder) => {
    const events: string[] = [];
    const trim = () => void events.push("trimmed");
    const daemon = await startDaemon(folder, { events, trim: () => Promise.resolve(trim) });
    await daemon.client.healthy(); // by then it has, at its first turn
    assert.ok(events.indexOf("trimmed") > events.indexOf("log serves"), events.join(", "));
    daemon.stop();
    await daemon.ended;
    assert.deepEqual(eventsOf(daemon), ["created", "trimmed", "handed over", "closed"]);
  });
});

Deno.test("agent row 6.6: runDaemon() is alive but not ready while IPAM is not", async () => {
  await withFolder(async (folder) => {
    const daemon = await startDaemon(folder, { ready: false });
    assert.deepEqual(await probesOf(daemon), [200, 500, 200]);
    daemon.stop();
    await daemon.ended;
  });
});

Deno.test("agent row 2.4: shutDownAgent() stops a daemon, and waits until it has", async () => {
  await withFolder(async (folder) => {
    const daemon = await startDaemon(folder);
    const lock = nodeLockOf(daemon.path);
    await shutDownAgent(unixExchange(daemon.path, { timeoutMs: 10_000 }), { clock: systemClock, lock });
    await daemon.ended;
    assert.deepEqual(eventsOf(daemon), ["created", "handed over", "closed"]);
  });
});

Deno.test("shutDownAgent() says that no agent runs", async () => {
  const exchange = unixExchange("/nowhere/agent.sock", { timeoutMs: 10_000 });
  await assert.rejects(
    shutDownAgent(exchange, { clock: systemClock, lock: "/nowhere/agent.lock" }),
    /Cannot ask the agent on \/nowhere\/agent\.sock/,
  );
});

Deno.test("agent 5: runDaemon() makes no IPAM beside an agent that serves: the journal is that one's", async () => {
  await withFolder(async (folder) => {
    const first = await startDaemon(folder);
    const second = launchDaemon(folder);
    await assert.rejects(second.ended, /another process answers there/);
    assert.deepEqual(second.events, []);
    assert.deepEqual(await probesOf(first), [200, 200, 200]);
    first.stop();
    await first.ended;
  });
});

Deno.test("agent 5: runDaemon() says whose port the probes want", async () => {
  await withFolder(async (folder) => {
    const port = freePort();
    using _taken = Deno.listen({ hostname: "127.0.0.1", port });
    const daemon = launchDaemon(folder, { port });
    await assert.rejects(daemon.ended, (err) => {
      assert.match(String(err), new RegExp(`Cannot serve probes on 127\\.0\\.0\\.1:${port}: the port is in use; `));
      return true;
    });
    assert.deepEqual(eventsOf(daemon), []);
    await assert.rejects(Deno.connect({ transport: "unix", path: daemon.path }));
  });
});

for (const tuneSysctlConfig of [true, false]) {
  Deno.test(`agent 9: runDaemon() ${tuneSysctlConfig ? "sets" : "leaves"} sysctls before it serves`, async () => {
    await withFolder(async (folder) => {
      const values = new Map([["net/ipv4/conf/all/forwarding", "0"], ["net/ipv4/conf/all/rp_filter", "0"]]);
      const access: SysctlAccess = {
        read: (key) => values.get(key),
        write: (key, value) => values.has(key) && values.set(key, String(value)) === values,
      };
      const daemon = await startDaemon(folder, {
        conf: { tuneSysctlConfig },
        sysctls: () => Promise.resolve(access),
      });
      daemon.stop();
      await daemon.ended;
      const line = tuneSysctlConfig ? "has looked at" : "leaves";
      const place = daemon.events.findIndex((event) => event.startsWith(`log ${line} the kernel parameters`));
      assert.ok(place >= 0 && place < daemon.events.indexOf("created"));
      assert.equal(values.get("net/ipv4/conf/all/forwarding"), tuneSysctlConfig ? "1" : "0");
    });
  });
}

Deno.test("agent row 2.4: shutDownAgent() waits for requests that run, and says when they do not end", async () => {
  await withFolder(async (folder) => {
    const lock = nodeLockOf(`${folder}/agent.sock`);
    const clock = new FakeClock();
    using _held = await lockNode(lock, {
      holder: "agent",
      clock,
      log: silentLog,
      signal: new AbortController().signal,
    });
    const ok = { status: 200, headers: new Map<string, string>(), body: new Uint8Array() };
    const stopping = shutDownAgent(() => Promise.resolve(ok), { clock, lock });
    stopping.catch(() => undefined);
    await clock.run(43_000);
    await assert.rejects(stopping, AgentRunsOnError);
  });
});
