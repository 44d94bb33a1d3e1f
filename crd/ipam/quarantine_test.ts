import assert from "node:assert/strict";
import { formatExpiry, isQuarantineFor, isQuarantineOver, quarantineOf, quarantineRecord } from "./quarantine.ts";

const NOON_MS = Date.parse("2026-01-01T12:00:00Z");

const records = [
  { name: "our own", pod: "ns/p/quarantine", podUid: "quarantine:2026-01-01T12:00:00Z", want: NOON_MS },
  { name: "the UID alone", pod: "ns/p", podUid: "quarantine:2026-01-01T12:00:00.5Z", want: NOON_MS + 500 },
  { name: "an offset", pod: "", podUid: "quarantine:2026-01-01t13:00:00+01:00", want: NOON_MS },
  { name: "the name alone: lasting", pod: "ns/p/quarantine", podUid: "u", want: "lasting" },
  { name: "no time: lasting", pod: "ns/p", podUid: "quarantine:", want: "lasting" },
  { name: "a year only: lasting", pod: "ns/p", podUid: "quarantine:5", want: "lasting" },
  { name: "no such day: lasting", pod: "ns/p", podUid: "quarantine:2026-13-01T12:00:00Z", want: "lasting" },
  { name: "a Pod", pod: "ns/p", podUid: "u", want: "none" },
  { name: "a Pod that is called so", pod: "ns/quarantine", podUid: "u", want: "none" },
];
for (const { name, pod, podUid, want } of records) {
  Deno.test(`quarantineOf() of ${name}`, () => {
    const found = quarantineOf({ pod, podUid });
    assert.equal(found === undefined ? "none" : found.expiresMs ?? "lasting", want);
  });
}

Deno.test("quarantineRecord() can be read again, also after a write by upstream, which keeps two members", () => {
  const holder = { pod: "ns/p", podUid: "u", nic: "net1", node: "n9" };
  const record = quarantineRecord(holder, { node: "n1", mac: "02:00:00:00:00:01", expiresMs: NOON_MS - 1 });
  assert.deepEqual(record, {
    pod: "ns/p/quarantine",
    podUid: "quarantine:2026-01-01T12:00:00Z",
    node: "n1",
    reason: "conflict",
    mac: "02:00:00:00:00:01",
  });
  const { pod, podUid } = record;
  assert.deepEqual(quarantineOf({ pod, podUid }), { expiresMs: NOON_MS });
  assert.equal(isQuarantineFor({ pod, podUid }, "ns/p"), true);
  assert.equal(isQuarantineFor({ pod, podUid }, "ns/q"), false);
});

Deno.test("isQuarantineOver() when every clock that is half a minute off at most has passed the expiry", () => {
  assert.equal(isQuarantineOver({ expiresMs: NOON_MS }, NOON_MS + 29_999), false);
  assert.equal(isQuarantineOver({ expiresMs: NOON_MS }, NOON_MS + 30_000), true);
  assert.equal(isQuarantineOver({ expiresMs: undefined }, Infinity), false);
});

Deno.test("formatExpiry() rounds up to a second", () => {
  assert.equal(formatExpiry(NOON_MS), "2026-01-01T12:00:00Z");
  assert.equal(formatExpiry(NOON_MS + 1), "2026-01-01T12:00:01Z");
});
