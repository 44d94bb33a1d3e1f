import assert from "node:assert/strict";
import { FakeClock } from "../../net/base/fake_clock.ts";
import { AddMemory } from "./explain_memory.ts";

function argsOf(podName: string, ifName = "eth0", pools: string[] = ["v4a"]) {
  return {
    containerID: "c1",
    ifName,
    netNamespace: "/n",
    podNamespace: "ns1",
    podName,
    podUID: "U1",
    defaultIPv4IPPool: pools,
  };
}

function nicsOf(memory: AddMemory, podName: string): string[] {
  return [...memory.of({ podNamespace: "ns1", podName }).keys()];
}

Deno.test("AddMemory keeps the last ADD of each NIC", () => {
  const clock = new FakeClock(5);
  const memory = new AddMemory(clock);
  memory.note({ args: argsOf("p"), err: new Error("full") });
  clock.advance(1);
  memory.note({ args: argsOf("p", "net1"), err: undefined });
  const { refusal, atMs } = memory.of({ podNamespace: "ns1", podName: "p" }).get("eth0") ?? {};
  assert.deepEqual([refusal, atMs], ["full", 5]);
  memory.note({ args: argsOf("p"), err: undefined });
  assert.equal(memory.of({ podNamespace: "ns1", podName: "p" }).get("eth0")?.refusal, undefined);
  assert.deepEqual(nicsOf(memory, "p"), ["eth0", "net1"]);
  assert.deepEqual(nicsOf(memory, "q"), []);
});

Deno.test("AddMemory is bounded: Pods, NICs of a Pod, names and texts of a request", () => {
  const memory = new AddMemory(new FakeClock());
  for (let i = 0; i < 513; i++) memory.note({ args: argsOf(`p${i}`), err: undefined });
  assert.deepEqual([nicsOf(memory, "p0"), nicsOf(memory, "p1"), nicsOf(memory, "p512")], [[], ["eth0"], ["eth0"]]);
  for (let i = 0; i < 70; i++) memory.note({ args: argsOf("many", `net${i}`), err: undefined });
  assert.equal(nicsOf(memory, "many").length, 64);
  memory.note({ args: argsOf("names", "eth0", Array.from({ length: 257 }, (_, i) => `p${i}`)), err: undefined });
  memory.note({ args: argsOf("texts", "eth0", ["x".repeat(70_000)]), err: undefined });
  assert.deepEqual([nicsOf(memory, "names"), nicsOf(memory, "texts")], [[], []]);
  memory.note({ args: argsOf("err"), err: new Error("x".repeat(10_000)) });
  assert.equal(memory.of({ podNamespace: "ns1", podName: "err" }).get("eth0")?.refusal?.length, 4096);
});
