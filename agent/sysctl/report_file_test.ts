import assert from "node:assert/strict";
import { silentLog } from "../../net/base/log.ts";
import { tunedNode, tuneNode } from "./node.ts";
import { readSysctlReport, sysctlReportOf, writeSysctlReport } from "./report_file.ts";
import type { SysctlOutcome } from "./tune.ts";

const outcomes: readonly SysctlOutcome[] = [
  { kind: "set", key: "net/ipv4/conf/all/forwarding", from: "0", to: 1 },
  { kind: "kept", key: "net/ipv4/conf/all/rp_filter", value: "0" },
  { kind: "missing", key: "net/ipv6/neigh/default/gc_thresh3" },
  { kind: "refused", key: "net/ipv4/conf/all/arp_notify", value: "0", err: new Error("read-only") },
  { kind: "refused", key: "net/x", value: undefined, err: new Error("no") },
];
const conf = { tuneSysctlConfig: true, enableIPv4: true, enableIPv6: false };

async function withReport(use: (path: string) => unknown): Promise<void> {
  const folder = Deno.makeTempDirSync({ prefix: "sysctl-" });
  try {
    await use(sysctlReportOf(`${folder}/run/agent.sock`));
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

Deno.test("agent 9: a report of sysctls is read by the agent of the Pod that wrote it, and by no other", async () => {
  await withReport((path) => {
    writeSysctlReport(path, { pod: "agent-a", outcomes });
    assert.deepEqual(readSysctlReport(path, "agent-a"), outcomes);
    assert.equal(readSysctlReport(path, "agent-b"), undefined);
    assert.equal((Deno.statSync(path).mode ?? 0) & 0o777, 0o600);
  });
});

const outcome = { kind: "kept", key: "net/a", value: "1" };
const useless: readonly [name: string, text: string][] = [
  ["nothing", ""],
  ["no JSON", "{"],
  ["no object", "5"],
  ["no outcomes", '{"pod":"p"}'],
  ["an outcome that is none", '{"pod":"p","outcomes":[null]}'],
  ["a kind that is none", JSON.stringify({ pod: "p", outcomes: [{ ...outcome, kind: "toString" }] })],
  ["a key of another type", JSON.stringify({ pod: "p", outcomes: [{ ...outcome, key: 1 }] })],
  ["a key with a line end", JSON.stringify({ pod: "p", outcomes: [{ ...outcome, key: "a\nb" }] })],
  ["a value that is missing", JSON.stringify({ pod: "p", outcomes: [{ ...outcome, value: undefined }] })],
  [
    "a parameter that was set to text",
    JSON.stringify({ pod: "p", outcomes: [{ ...outcome, kind: "set", from: "1", to: "2" }] }),
  ],
  ["too much", JSON.stringify({ pod: "p", outcomes: [], more: "x".repeat(70_000) })],
];

for (const [name, text] of useless) {
  Deno.test(`agent 9: a report of sysctls is of no use: ${name}`, async () => {
    await withReport((path) => {
      Deno.mkdirSync(path.replace(/\/[^/]+$/, ""));
      Deno.writeTextFileSync(path, text);
      assert.equal(readSysctlReport(path, "p"), undefined);
    });
  });
}

Deno.test("agent 9: what cannot be read where a report of sysctls should be is of no use, and ends no start", async () => {
  await withReport((path) => {
    Deno.mkdirSync(path, { recursive: true });
    assert.equal(readSysctlReport(path, "p"), undefined);
  });
});

Deno.test("agent 9: the agent that was told of the sysctls does not look itself", async () => {
  await withReport(async (path) => {
    const values = new Map([["net/ipv4/conf/all/forwarding", "0"]]);
    const access = {
      read: (key: string) => values.get(key),
      write: (key: string, value: number) => values.set(key, String(value)).has(key),
    };
    const report = { path, pod: "agent-a" };
    await tuneNode(conf, { load: () => Promise.resolve(access), log: silentLog, report });
    const load = () => Promise.reject(new Error("it looks itself"));
    const told = await tunedNode(conf, { load, log: silentLog, report });
    assert.deepEqual(told.map(({ kind }) => kind), ["missing", "missing", "set", "missing"]);
    await assert.rejects(tunedNode(conf, { load, log: silentLog, report: { path, pod: "agent-b" } }), /looks itself/);
    const off = await tunedNode({ ...conf, tuneSysctlConfig: false }, { load, log: silentLog, report });
    assert.deepEqual(off, []);
  });
});

Deno.test("agent 9: a node is tuned although nobody can be told", async () => {
  const lines: string[] = [];
  const log = { ...silentLog, warn: (message: string) => void lines.push(message) };
  const access = { read: () => undefined, write: () => false };
  const report = { path: "/proc/nowhere/report", pod: "agent-a" };
  await tuneNode(conf, { load: () => Promise.resolve(access), log, report });
  assert.deepEqual(lines, ["cannot tell the agent what became of the kernel parameters: it will look itself"]);
});
