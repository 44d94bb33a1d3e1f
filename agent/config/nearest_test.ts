import assert from "node:assert/strict";
import { nearestOf } from "./nearest.ts";

const known = ["enableIPv4", "enableIPv6", "enabled", "interval", "port", "timeout"];
const cases: readonly [word: string, want: string | undefined][] = [
  ["enableIpv4", "enableIPv4"],
  ["enableIPV6", "enableIPv6"],
  ["enable", "enabled"],
  ["enabeld", "enabled"],
  ["intervall", "interval"],
  ["itnerval", "interval"],
  ["prot", "port"],
  ["timeOut", "timeout"],
  ["ports", "port"],
  ["", undefined],
  ["x", undefined],
  ["somethingElse", undefined],
  ["time", undefined],
];
for (const [word, want] of cases) {
  Deno.test(`nearestOf() finds ${want ?? "nothing"} for ${JSON.stringify(word)}`, () => {
    assert.equal(nearestOf(word, known), want);
  });
}

Deno.test("nearestOf() finds nothing among nothing", () => assert.equal(nearestOf("enabled", []), undefined));
