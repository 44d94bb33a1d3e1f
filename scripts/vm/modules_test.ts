import assert from "node:assert/strict";
import { dependenciesOf, loadOrder, type ModuleSource } from "./modules.ts";

const needs: Readonly<Record<string, readonly string[]>> = {
  "8021q": ["mrp", "garp"],
  mrp: ["llc"],
  garp: ["llc", "stp"],
  stp: ["llc"],
  llc: [],
  virtio_pci: ["virtio-ring", "core"],
  virtio_ring: [],
  loop_a: ["loop_b"],
  loop_b: ["loop_a"],
};
const source: ModuleSource = {
  isBuiltIn: (name) => name === "core",
  dependencies(name) {
    const found = needs[name];
    if (found === undefined) throw new Error(`none: ${name}`);
    return found;
  },
};

const cases = [
  { name: "nothing", wanted: [], want: [] },
  { name: "what is built in is left out", wanted: ["core"], want: [] },
  {
    name: "each after all that it needs, once",
    wanted: ["8021q", "stp"],
    want: ["llc", "mrp", "stp", "garp", "8021q"],
  },
  { name: "hyphens are underscores", wanted: ["virtio-pci"], want: ["virtio_ring", "virtio_pci"] },
];
for (const { name, wanted, want } of cases) {
  Deno.test(`loadOrder() orders: ${name}`, () => assert.deepEqual(loadOrder(wanted, source), want));
}

Deno.test("loadOrder() refuses a module that needs itself, and one that is missing", () => {
  assert.throws(() => loadOrder(["loop_a"], source), /Cannot load kernel module "loop_a".*loop_a,loop_b/);
  assert.throws(() => loadOrder(["other"], source), /none: other/);
});

const objects = [
  { name: "none", text: "\0license=GPL\0depends=\0name=a\0", want: [] },
  { name: "several", text: "\x7fELF\0depends=mrp,garp\0", want: ["mrp", "garp"] },
];
for (const { name, text, want } of objects) {
  Deno.test(`dependenciesOf() reads: ${name}`, () => {
    assert.deepEqual(dependenciesOf("m", new TextEncoder().encode(text)), want);
  });
}

Deno.test("dependenciesOf() refuses what is no module", () => {
  const bytes = new TextEncoder().encode("#!/bin/sh\necho depends=a\n");
  assert.throws(() => dependenciesOf("m", bytes), /Cannot use kernel module "m"/);
});
