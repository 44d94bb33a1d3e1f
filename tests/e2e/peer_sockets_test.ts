import assert from "node:assert/strict";
import { parseSockets, sentSince } from "./peer_sockets.ts";

/** As iproute2 6.1 prints them, shortened. */
const printed =
  `0 0 10.222.0.11:41410 10.222.0.12:5713 cubic wscale:7,7 rto:204 bytes_sent:5205 segs_out:12 data_segs_out:9
0 0 [fd00::11]:41412 [fd00::12]:5713 cubic segs_out:3 segs_in:2
`;

Deno.test("parseSockets() counts data segments by connection; none were sent where ss says nothing", () => {
  const want = [["10.222.0.11:41410 10.222.0.12:5713", 9], ["[fd00::11]:41412 [fd00::12]:5713", 0]];
  assert.deepEqual([...parseSockets(printed)], want);
  assert.deepEqual([...parseSockets("")], []);
});

const cases = [
  { name: "nothing was sent", before: [["a", 5]], now: [["a", 5]], want: 0 },
  { name: "on the same connection", before: [["a", 5]], now: [["a", 9]], want: 4 },
  { name: "on a new one", before: [["a", 5]], now: [["a", 5], ["b", 3]], want: 3 },
  { name: "the old one has ended", before: [["a", 5]], now: [["b", 3]], want: 3 },
] as const;

for (const { name, before, now, want } of cases) {
  Deno.test(`sentSince() counts what was sent meanwhile: ${name}`, () => {
    assert.equal(sentSince(new Map(before), new Map(now)), want);
  });
}
