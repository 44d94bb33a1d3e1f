import assert from "node:assert/strict";
import { formatAddress, parseAddress } from "../../net/ip/mod.ts";
import type { Grant, Need } from "./allocation.ts";
import { parted, withGranted, withWanted } from "./other_nics.ts";

/** `eth0=10.1.0.10`: what the NIC wants. */
function needs(...texts: readonly string[]): Need[] {
  return texts.map((text) => {
    const [nic = "", want] = text.split("=");
    const rest = { source: "endpoint", cleanGateway: false, pools: [], unused: [], family: 4 } as const;
    return { ...rest, nic, ...(want !== undefined && { want: parseAddress(want) }) };
  });
}

/** `eth0=p/10.1.0.10`: what the NIC was granted from `p`. */
function grants(...texts: readonly string[]): Grant[] {
  return texts.map((text) => {
    const [nic = "", name = "", address = ""] = text.split(/[=/]/);
    const pool = { name, pool: { metadata: { name } } as Grant["pool"]["pool"], preferences: [], position: 0 };
    return { need: needs(nic)[0]!, pool, address: parseAddress(address), existing: false, passed: [] };
  });
}

const wanted = [
  { name: "nothing", held: {}, wants: ["eth0"], want: {} },
  {
    name: "of each NIC its own, once",
    held: { eth0: ["10.1.0.10"] },
    wants: ["eth0=10.1.0.10", "eth0=fd00::1", "net1=10.1.0.11"],
    want: { eth0: ["10.1.0.10", "fd00::1"], net1: ["10.1.0.11"] },
  },
  {
    name: "what two want is the first's",
    held: {},
    wants: ["net1=10.1.0.10", "eth0=10.1.0.10"],
    want: { net1: ["10.1.0.10"] },
  },
];
for (const { name, held, wants, want } of wanted) {
  Deno.test(`withWanted(): ${name}`, () => {
    assert.deepEqual(Object.fromEntries(withWanted(new Map(Object.entries(held)), needs(...wants))), want);
  });
}

Deno.test("withGranted() adds to what the NICs hold", () => {
  const held = withGranted(new Map([["net1", ["10.1.0.11"]]]), grants("eth0=p/10.1.0.10", "net1=q/fd00::1"));
  assert.deepEqual(Object.fromEntries(held), { net1: ["10.1.0.11", "fd00::1"], eth0: ["10.1.0.10"] });
});

const granted = [
  { name: "none", all: [], kept: [], again: [] },
  {
    name: "different ones",
    all: ["eth0=p/10.1.0.10", "net1=p/10.1.0.11"],
    kept: ["eth0 10.1.0.10", "net1 10.1.0.11"],
    again: [],
  },
  {
    name: "one record of three NICs is the first's",
    all: ["eth0=q/fd00::1", "net1=p/10.1.0.11", "eth0=p/10.1.0.11", "net2=p/10.1.0.11"],
    kept: ["eth0 fd00::1", "net1 10.1.0.11"],
    again: ["eth0", "net2"],
  },
  {
    name: "records of two pools are two, and each is given back",
    all: ["eth0=p/10.1.0.10", "net1=q/10.1.0.10"],
    kept: ["eth0 10.1.0.10", "net1 10.1.0.10"],
    again: [],
  },
];
for (const { name, all, kept, again } of granted) {
  Deno.test(`parted(): ${name}`, () => {
    const result = parted(grants(...all));
    assert.deepEqual(result.kept.map(({ need, address }) => `${need.nic} ${formatAddress(address)}`), kept);
    assert.deepEqual(result.again.map(({ nic }) => nic), again);
  });
}
