import assert from "node:assert/strict";
import { formatRange } from "../../net/ip/mod.ts";
import type { SpiderReservedIP } from "../generated/mod.ts";
import { reservedAddresses } from "./reserved.ts";

function reserved(ips: string[], changes: { ipVersion?: 4 | 6; terminating?: boolean } = {}): SpiderReservedIP {
  const { ipVersion, terminating = false } = changes;
  return {
    apiVersion: "spiderpool.spidernet.io/v2beta1",
    kind: "SpiderReservedIP",
    metadata: { name: "r", ...(terminating && { deletionTimestamp: "2026-01-01T00:00:00Z" }) },
    spec: { ips, ...(ipVersion !== undefined && { ipVersion }) },
  };
}

const cases: { name: string; objects: SpiderReservedIP[]; family: 4 | 6; want: string[] }[] = [
  { name: "nothing reserved", objects: [], family: 4, want: [] },
  {
    name: "ranges of several objects, joined",
    objects: [reserved(["10.1.0.10"]), reserved(["10.1.0.11-10.1.0.12", "10.1.0.20"])],
    family: 4,
    want: ["10.1.0.10-10.1.0.12", "10.1.0.20"],
  },
  {
    name: "only the family asked for, whatever ipVersion says",
    objects: [reserved(["10.1.0.10", "fd00::10"], { ipVersion: 4 })],
    family: 6,
    want: ["fd00::10"],
  },
  {
    name: "an object that is being deleted does not count (row 44)",
    objects: [reserved(["10.1.0.10"], { terminating: true }), reserved(["10.1.0.11"])],
    family: 4,
    want: ["10.1.0.11"],
  },
  {
    name: "what is no range does not undo the others",
    objects: [reserved(["10.1.0.0/24", "bogus", "10.1.0.12-10.1.0.11", "10.1.0.13"])],
    family: 4,
    want: ["10.1.0.13"],
  },
  {
    name: "an object without spec",
    objects: [{ ...reserved([]), spec: undefined } as unknown as SpiderReservedIP],
    family: 4,
    want: [],
  },
  {
    name: "a whole /64 costs what one address costs",
    objects: [reserved(["fd00::-fd00::ffff:ffff:ffff:ffff"])],
    family: 6,
    want: ["fd00::-fd00::ffff:ffff:ffff:ffff"],
  },
];
for (const { name, objects, family, want } of cases) {
  Deno.test(`reservedAddresses(): ${name}`, () => {
    assert.deepEqual(reservedAddresses(objects, family).ranges().map(formatRange), want);
  });
}
