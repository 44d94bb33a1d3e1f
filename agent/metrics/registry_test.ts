import assert from "node:assert/strict";
import { counter, gauge, histogram } from "./metric_row.ts";
import { openRegistry } from "./registry.ts";

const rows = {
  calls: counter({ name: "spiderpool_ipam_calls_total", help: "Calls", labels: ["kind"], upstream: true }),
  level: gauge({ name: "spiderpool_level", help: "Level", waits: true }),
  size: gauge({ name: "spiderpool_size", help: "Size", labels: ["of"] }),
  time: histogram({ name: "spiderpool_time_seconds", help: "Time", buckets: [0.1, 1] }),
  memory: gauge({ name: "process_memory_bytes", help: "Memory", scope: "process" }),
  odd: counter({ name: "spiderpool_debug_odd_total", help: "Odd", scope: "debug" }),
};

const OWN = 'otel_scope_name="spiderpool-agent",otel_scope_version="1.2.3"';

async function samples(text: Promise<string>): Promise<string[]> {
  return (await text).split("\n").filter((line) => line !== "" && !line.startsWith("#"));
}

Deno.test("operations row 1.1.6: each own series has the labels of its scope, the process's has none", async () => {
  const registry = await openRegistry({ version: "1.2.3" });
  const { calls, level, memory, odd } = registry.make(rows);
  calls.add({ kind: "a" });
  calls.add({ kind: "a" }, 2);
  level.set({}, 4);
  memory.set({}, 5);
  odd.add({});
  const lines = await samples(registry.text());
  const debug = 'otel_scope_name="spiderpool-agent-debug-metrics",otel_scope_version="1.2.3"';
  for (
    const line of [
      `spiderpool_ipam_calls_total{kind="a",${OWN}} 3`,
      `spiderpool_level{${OWN}} 4`,
      "process_memory_bytes 5",
      `spiderpool_debug_odd_total{${debug}} 1`,
    ]
  ) assert.ok(lines.includes(line), `${line} is not in\n${lines.join("\n")}`);
});

Deno.test("openRegistry() leaves a gauge out that waits for its first value", async () => {
  const registry = await openRegistry({ version: "1.2.3" });
  const { level } = registry.make(rows);
  const isShown = async () => (await samples(registry.text())).some((line) => line.startsWith("spiderpool_level{"));
  assert.equal(await isShown(), false);
  level.set({}, 0);
  assert.equal(await isShown(), true);
});

Deno.test("Gauge.clear() forgets all series", async () => {
  const registry = await openRegistry({ version: "1.2.3" });
  const { size } = registry.make(rows);
  const shown = async () => (await samples(registry.text())).filter((line) => line.startsWith("spiderpool_size"));
  size.set({ of: "a" }, 1);
  size.set({ of: "b" }, 2);
  assert.equal((await shown()).length, 2);
  size.clear();
  assert.deepEqual(await shown(), []);
});

Deno.test("operations 1.2: with former names each metric of upstream has its value twice, the others once", async () => {
  const registry = await openRegistry({ version: "1.2.3", withFormerNames: true });
  const { calls, size } = registry.make(rows);
  calls.add({ kind: "a" }, 7);
  size.set({ of: "a" }, 8);
  const lines = await samples(registry.text());
  assert.ok(lines.includes(`spiderpool_ipam_calls_total{kind="a",${OWN}} 7`));
  assert.ok(lines.includes(`spiderpool_ipamCallsName_total{kind="a",${OWN}} 7`));
  assert.equal(lines.filter((line) => line.endsWith(" 8")).length, 1);
});

Deno.test("MetricRegistry.text() looks before it answers, and once for callers that come meanwhile", async () => {
  const registry = await openRegistry({ version: "1.2.3" });
  const { level } = registry.make(rows);
  let looks = 0;
  registry.onScrape(() => level.set({}, ++looks));
  const [one, other] = await Promise.all([registry.text(), registry.text()]);
  assert.equal(one, other);
  assert.ok(one.includes(`spiderpool_level{${OWN}} 1\n`));
  assert.ok((await registry.text()).includes(`spiderpool_level{${OWN}} 2\n`));
});

Deno.test("MetricRegistry.text() fails when a look does, and looks again next time", async () => {
  const registry = await openRegistry({ version: "1.2.3" });
  registry.make(rows);
  const errors = [new Error("no state")];
  registry.onScrape(() => {
    const err = errors.pop();
    if (err !== undefined) throw err;
  });
  await assert.rejects(registry.text(), { message: "no state" });
  await registry.text();
});
