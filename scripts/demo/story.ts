import { type SpiderIPPool, spiderIPPools, type SpiderReservedIP, spiderReservedIPs } from "../../crd/generated/mod.ts";
import { poolShapeOf } from "../../crd/ipam/pool_view.ts";
import { PoolRecords } from "../../crd/ipam/records.ts";
import { reservedAddresses } from "../../crd/ipam/reserved.ts";
import { printLine } from "../print.ts";
import {
  type AddReport,
  addressesIn,
  pingFrom,
  type PodWish,
  type StagePod,
  startPod,
  stopPod,
} from "../../tests/shared/stage_pod.ts";
import type { Machine, Stage } from "../../tests/shared/stage.ts";

/** Something that the demo shows did not happen. */
export class DemoError extends Error {
  override readonly name = "DemoError";
}

/** Tells the whole story. @throws {DemoError} when something does not hold */
export async function tellStory(stage: Stage): Promise<void> {
  const [one, two] = stage.machines as [Machine, Machine];
  heading("Pods on macvlan; the CNI configuration names the pool");
  const lan = { v4: ["lan-v4"] };
  const web = [
    await show(stage, { name: "web-1", machine: one, pools: lan }),
    await show(stage, { name: "web-2", machine: two, pools: lan }),
  ];
  heading("A dual-stack Pod");
  const dual = await show(stage, { name: "dual", machine: two, pools: { v4: ["lan-v4"], v6: ["lan-v6"] } });
  heading("A Pod whose annotation names a pool of its own");
  const annotations = { "ipam.spidernet.io/ippool": JSON.stringify({ ipv4: ["database-v4"], ipv6: ["lan-v6"] }) };
  const database = await show(stage, { name: "database", machine: one, annotations, labels: { app: "database" } });
  heading("They reach each other over the underlay");
  for (const from of web) for (const to of [dual, database]) await showPing(from, to);
  await showPing(database, dual, 6);
  heading("The pool fills up, and says why");
  const more = await fill(stage, { pools: lan });
  heading("Deleted Pods give their addresses back");
  for (const pod of [...web, ...more]) await remove(stage, pod);
  await showPools(stage);
  await show(stage, { name: "late", machine: one, pools: lan });
  await showPools(stage);
}

async function show(stage: Stage, wish: PodWish): Promise<StagePod> {
  const report = await startPod(stage, wish);
  if (report.answer.code !== 0) throw new DemoError(`Pod "${wish.name}" got no address: ${report.answer.result?.msg}`);
  await printPod(report);
  return report.pod;
}

async function printPod({ pod, durationMs }: AddReport): Promise<void> {
  const held = addressesIn(pod);
  const lines = await pod.machine.agent.logged(
    (line) => line.msg === "allocated address" && line.PodNamespace === "default" && line.PodName === pod.name,
    { count: held.length },
  );
  for (const { address, pool, why } of lines) {
    const seen = held.find((text) => text.startsWith(`${address}/`));
    if (seen === undefined || typeof pool !== "string") {
      throw new DemoError(`ip addr of Pod "${pod.name}" does not show ${address}: ${held}`);
    }
    printLine(`  ${pod.name.padEnd(9)} ${pod.machine.name}  ${seen.padEnd(18)} from ${pool}: ${why}`);
  }
  const dad = held.some((text) => text.includes(":")) ? ", and the kernel's IPv6 duplicate address detection" : "";
  printLine(`            ADD took ${durationMs.toFixed(0)} ms: macvlan, spiderpool, agent, API server${dad}`);
}

async function showPing(from: StagePod, to: StagePod, family: 4 | 6 = 4): Promise<void> {
  const address = addressesIn(to).map((text) => text.split("/")[0] ?? "")
    .find((text) => text.includes(":") === (family === 6));
  const time = address === undefined ? undefined : pingFrom(from, address);
  if (time === undefined) throw new DemoError(`Pod "${from.name}" cannot reach Pod "${to.name}" at ${address}`);
  printLine(`  ${from.name.padEnd(9)} → ${to.name.padEnd(9)} ${address?.padEnd(15)} ${time}`);
  await Promise.resolve();
}

async function fill(stage: Stage, wish: Pick<PodWish, "pools">): Promise<StagePod[]> {
  const started: StagePod[] = [];
  for (let i = 1; i <= 20; i++) {
    const machine = stage.machines[i % stage.machines.length]!;
    const report = await startPod(stage, { ...wish, name: `more-${i}`, machine });
    if (report.answer.code === 0) {
      await printPod(report);
      started.push(report.pod);
      continue;
    }
    printLine(`  more-${i}: one too many, CNI error ${report.answer.result?.code}:`);
    printLine(`    ${report.answer.result?.msg}`);
    await remove(stage, report.pod);
    await showPools(stage);
    return started;
  }
  throw new DemoError("the pool never filled up");
}

async function remove(stage: Stage, pod: StagePod): Promise<void> {
  const { code, result } = await stopPod(stage, pod);
  if (code !== 0) throw new DemoError(`DEL of Pod "${pod.name}" failed: ${result?.msg}`);
  printLine(`  ${pod.name} deleted`);
}

async function showPools(stage: Stage): Promise<void> {
  const { items } = await stage.client(spiderIPPools).list();
  const reserved = await stage.client(spiderReservedIPs).list();
  for (const pool of items) printLine(`  ${poolLine(pool, reserved.items)}`);
}

function poolLine(pool: SpiderIPPool, reservedIPs: readonly SpiderReservedIP[]): string {
  const records = PoolRecords.parse(pool.status?.allocatedIPs);
  const count = pool.status?.allocatedIPCount ?? 0;
  if (count !== records.size) throw new DemoError(`IPPool "${pool.metadata.name}" counts ${count} of ${records.size}`);
  const holders = [...records.entries()].map(({ key, record }) => `${key} ${record.pod}`).sort();
  const { offered, family } = poolShapeOf(pool);
  const usable = offered.difference(reservedAddresses(reservedIPs, family)).size;
  const list = holders.length > 0 ? `: ${holders.join(", ")}` : "";
  return `${pool.metadata.name.padEnd(12)} ${count} of ${usable} in use${list}`;
}

function heading(text: string): void {
  printLine("");
  printLine(text);
}
