import assert from "node:assert/strict";
import { Collections } from "./collections.ts";
import { type HeapProfileNode, ownInspector } from "./inspector.ts";
import { cpuProfileData } from "./profiles.ts";

/** Some 0.1 s of processor time or more, whatever else the machine does: samples are 2 ms apart. */
function burnForTheProfile(): number {
  let sum = 0;
  for (let i = 0; i < 50_000_000; i++) sum += Math.sqrt(sum + i);
  return sum;
}

Deno.test("ownInspector samples the function that runs", async () => {
  const profile = await ownInspector.cpuProfile({ wait: () => Promise.resolve(void burnForTheProfile()) });
  const names = cpuProfileData(profile, 0).samples.flatMap(({ stack }) => stack.map(({ name }) => name));
  assert.ok(names.includes("burnForTheProfile"), names.join());
});

const kept: unknown[] = [];
function keepForTheProfile(): void {
  for (let i = 0; i < 20_000; i++) kept.push({ i, text: `number ${i}` });
}

function namesIn(node: HeapProfileNode): string[] {
  return [node.callFrame.functionName, ...node.children.flatMap(namesIn)];
}

Deno.test("ownInspector tells who allocated what is still held", async () => {
  const head = await ownInspector.heapProfile({ wait: () => Promise.resolve(keepForTheProfile()) });
  assert.ok(namesIn(head).includes("keepForTheProfile"), namesIn(head).join());
  kept.length = 0;
});

Deno.test("ownInspector collects garbage, and Collections counts it", async () => {
  const collections = new Collections(() => 77);
  collections.noteForced();
  while (collections.facts().full < 2) {
    await ownInspector.collectGarbage();
    await new Promise((resolve) => setTimeout(resolve, 1)); // the registry is told afterwards
  }
  collections.stop();
  assert.deepEqual(collections.facts(), { full: collections.facts().full, forced: 1, lastAt: 77 });
});
