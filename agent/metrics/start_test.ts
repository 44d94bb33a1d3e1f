import assert from "node:assert/strict";
import { FakeClock } from "../../net/base/fake_clock.ts";
import { systemClock } from "../../net/base/clock.ts";
import { silentLog } from "../../net/base/log.ts";
import { freePort } from "../../net/base/free_port.ts";
import { Exposition } from "./exposition_fixture.ts";
import { readMetrics } from "../remote.ts";
import { serveMetrics } from "./listener.ts";
import { watchEventLoop } from "./process_meter.ts";
import { startMetrics } from "./start.ts";

const options = { clock: systemClock, log: silentLog };

function environment(port: number) {
  return { version: "1.2.3", metricPort: port, enabledDebugMetric: false, enabledFormerMetricNames: false };
}

function hasIPv6(): boolean {
  try {
    Deno.listen({ hostname: "::1", port: 0 }).close();
    return true;
  } catch {
    return false; // whatever stands in the way
  }
}

Deno.test("agent row 6.3, operations rows 1.1.1, 2.2: every path of the metrics port answers with the text format", async () => {
  const { port, stop } = await startMetrics({ environment: environment(freePort()), ...options });
  try {
    const hosts = hasIPv6() ? ["127.0.0.1", "[::1]"] : ["127.0.0.1"];
    const places = ["metrics", "", "any/path?q=1"].flatMap((path) => hosts.map((host) => `${host}:${port}/${path}`));
    for (const place of places) {
      const response = await fetch(`http://${place}`);
      assert.equal(response.status, 200, place);
      assert.equal(response.headers.get("content-type"), "text/plain; version=0.0.4; charset=utf-8");
      assert.match(await response.text(), /^# HELP /m);
    }
    const refused = await fetch(`http://127.0.0.1:${port}/metrics`, { method: "POST", body: "x" });
    await refused.body?.cancel();
    assert.equal(refused.status, 405);
  } finally {
    await stop();
  }
});

Deno.test("operations row 1.1.7: target_info, otel_scope_info and the process's own series are there", async () => {
  const { port, stop } = await startMetrics({ environment: environment(freePort()), ...options });
  try {
    const seen = new Exposition(await readMetrics(port));
    const target = 'service_name="spiderpool.spidernet.io",telemetry_sdk_name="spiderpool",' +
      'telemetry_sdk_language="typescript",telemetry_sdk_version="1.2.3"';
    assert.equal(seen.value(`target_info{${target}}`), 1);
    assert.ok(seen.names.has("otel_scope_info"));
    assert.ok(seen.names.has("spiderpool_build_info"));
    assert.ok((seen.value("process_resident_memory_bytes") ?? 0) > 1_000_000);
    assert.ok((seen.value("spiderpool_process_heap_used_bytes") ?? 0) > 100_000);
    assert.ok((seen.value("process_cpu_seconds_total") ?? 0) > 0);
    assert.ok((seen.value("process_open_fds") ?? 0) >= 4);
    const now = Date.now() / 1000;
    const started = seen.value("process_start_time_seconds") ?? 0;
    assert.ok(started <= now && started > now - 24 * 3600);
  } finally {
    await stop();
  }
});

Deno.test("operations row 1.1.2: a port that is another's is an error that says what to do", async () => {
  using other = Deno.listen({ hostname: "0.0.0.0", port: 0 });
  const { port } = other.addr;
  const message = new RegExp(`^Cannot serve metrics on port ${port}: .*SPIDERPOOL_METRIC_HTTP_PORT`);
  await assert.rejects(startMetrics({ environment: environment(port), ...options }), { message });
});

Deno.test("serveMetrics() answers 500 when the state cannot be looked at, and goes on", async () => {
  const texts = [() => Promise.resolve("fine_total 1\n"), () => Promise.reject(new Error("broken"))];
  const server = serveMetrics({ text: () => texts.pop()!() }, { port: 0, ...options });
  try {
    for (const [status, text] of [[500, ""], [200, "fine_total 1\n"]] as const) {
      const response = await fetch(`http://127.0.0.1:${server.port}/metrics`);
      const body = await response.text();
      assert.equal(response.status, status);
      if (status === 200) assert.equal(body, text);
    }
  } finally {
    await server.stop(0);
  }
});

Deno.test("watchEventLoop() takes how much later a timer rang than asked for", async () => {
  const clock = new FakeClock(0);
  const seen: number[] = [];
  const stop = new AbortController();
  let nowMs = 0;
  const watching = watchEventLoop({ observe: (_labels, value) => void seen.push(value) }, {
    clock,
    monotonic: () => nowMs,
    signal: stop.signal,
  });
  nowMs = 530;
  await clock.run(500);
  nowMs = 1029; // a timer may ring a moment early
  await clock.run(500);
  stop.abort();
  await watching;
  assert.deepEqual(seen, [0.03, 0]);
});
