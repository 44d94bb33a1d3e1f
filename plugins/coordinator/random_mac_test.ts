import assert from "node:assert/strict";
import { formatMac } from "../../net/wire/mod.ts";
import { randomMac } from "./random_mac.ts";

Deno.test("plugins row 69: link-layer addresses are locally administered, unicast, and never the same", () => {
  const macs = Array.from({ length: 200 }, () => randomMac());
  for (const mac of macs) assert.equal((mac[0] ?? 0) & 0b11, 0b10, formatMac(mac));
  assert.equal(new Set(macs.map(formatMac)).size, macs.length);
});
