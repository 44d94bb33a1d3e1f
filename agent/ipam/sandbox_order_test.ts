import assert from "node:assert/strict";
import { type SandboxAdd, SandboxOrder } from "./sandbox_order.ts";

function addOf(containerId: string, nic = "eth0"): SandboxAdd {
  return { containerId, nic, isFirst: true };
}

const nine = ["1", "2", "3", "4", "5", "6", "7", "8", "9"];
const cases: { name: string; came: string[]; want: string[] }[] = [
  { name: "one", came: ["c1"], want: [] },
  { name: "one that comes twice", came: ["c1", "c1"], want: [] },
  { name: "two", came: ["c1", "c2"], want: ["c1"] },
  { name: "an older one comes again", came: ["c1", "c2", "c1"], want: [] },
  { name: "the last one comes again", came: ["c1", "c2", "c1", "c2"], want: ["c1"] },
  { name: "nine: the first is forgotten", came: nine, want: nine.slice(1, 8) },
];
for (const { name, came, want } of cases) {
  Deno.test(`SandboxOrder.began() tells the sandboxes before it: ${name}`, () => {
    const order = new SandboxOrder();
    order.began("other", addOf("c9"));
    const told = came.map((containerId) => order.began("u", addOf(containerId)));
    assert.deepEqual(told.at(-1), want);
  });
}

Deno.test("SandboxOrder forgets the Pod that asked longest ago", () => {
  const order = new SandboxOrder();
  for (const podUid of ["early", "busy"]) order.began(podUid, addOf("c1"));
  for (let i = 0; i < 4095; i++) {
    order.began(`u${i}`, addOf("c1"));
    if (i === 2000) order.began("busy", addOf("c1"));
  }
  assert.deepEqual(order.began("busy", addOf("c2")), ["c1"]);
  assert.deepEqual(order.began("early", addOf("c2")), []);
});

Deno.test("SandboxOrder.nicsOf() tells what a sandbox was asked for, and nothing where it came before this process", () => {
  const order = new SandboxOrder();
  order.began("u", { ...addOf("c1"), isFirst: false });
  order.began("u", addOf("c2", "net1"));
  order.began("u", { ...addOf("c2", "eth0"), isFirst: false });
  assert.equal(order.nicsOf("u", "c1"), undefined);
  assert.deepEqual(order.nicsOf("u", "c2"), new Set(["net1", "eth0"]));
  assert.deepEqual([order.nicsOf("u", "c3"), order.nicsOf("v", "c2")], [undefined, undefined]);
});

Deno.test("SandboxOrder.isOlder() tells whether a later sandbox was seen, and nothing where none was", () => {
  const order = new SandboxOrder();
  order.began("u", addOf("c2"));
  order.began("u", addOf("c3"));
  assert.deepEqual(["c1", "c2", "c3"].map((id) => order.isOlder("u", id)), [true, true, false]);
  assert.equal(order.isOlder("another", "c1"), undefined);
});
