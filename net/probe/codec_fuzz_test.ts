import assert from "node:assert/strict";
import { below, fuzz } from "../../tests/shared/fuzz.ts";
import { parseAddress } from "../ip/mod.ts";
import { parseMac } from "../wire/mod.ts";
import { encodeArp, tryParseArp } from "./arp.ts";
import { tryParseFrame } from "./ethernet.ts";
import { announcement, conflictProbe, gatewayProbe } from "./frames.ts";
import { conflictIn, gatewayAnswerIn } from "./judge.ts";
import { encodeNeighborMessage, tryParseNeighborMessage } from "./neighbor_discovery.ts";

const mac = parseMac("02:00:5e:00:53:01");
const ownMac = parseMac("02:00:5e:00:53:02");
const v4 = parseAddress("10.20.0.10");
const v6 = parseAddress("fd00:20::10");
const gateways = [parseAddress("10.20.0.1"), parseAddress("fd00:20::1")] as const;
const samples = [
  conflictProbe(v4, mac),
  announcement(v4, mac),
  gatewayProbe({ gateway: gateways[0], address: v4 }, mac),
  conflictProbe(v6, mac),
  announcement(v6, mac),
  gatewayProbe({ gateway: gateways[1], address: v6 }, mac),
];

function readAll(frame: Uint8Array): void {
  for (const address of [v4, v6]) conflictIn(frame, { address, ownMac });
  for (const gateway of gateways) gatewayAnswerIn(frame, gateway);
}

Deno.test("frames that are cut anywhere are no message", () => {
  for (const sample of samples) {
    for (let length = 0; length < sample.length; length++) {
      const frame = sample.slice(0, length);
      for (const address of [v4, v6]) assert.equal(conflictIn(frame, { address, ownMac }), undefined);
      for (const gateway of gateways) assert.equal(gatewayAnswerIn(frame, gateway), undefined);
    }
  }
});

Deno.test("padding behind a frame changes nothing", () => {
  for (const sample of samples) {
    const padded = new Uint8Array(sample.length + 30).fill(0xaa);
    padded.set(sample);
    for (const address of [v4, v6]) {
      assert.deepEqual(conflictIn(padded, { address, ownMac }), conflictIn(sample, { address, ownMac }));
    }
  }
});

Deno.test("fuzz: random bytes are a message or none, and a message encodes to what it was", async () => {
  await fuzz((random) => {
    const frame = samples[below(random, samples.length)]!.slice();
    for (let i = below(random, 4); i > 0; i--) frame[below(random, frame.length)] = below(random, 256);
    return frame.slice(0, frame.length - (random() < 0.3 ? below(random, frame.length) : 0));
  }, (frame) => {
    readAll(frame);
    const payload = tryParseFrame(frame)?.payload ?? new Uint8Array(0);
    const arp = tryParseArp(payload);
    if (arp !== undefined) assert.deepEqual(encodeArp(arp), payload.slice(0, 28));
    const message = tryParseNeighborMessage(payload);
    if (message !== undefined) assert.deepEqual(tryParseNeighborMessage(encodeNeighborMessage(message)), message);
  });
});

Deno.test("fuzz: random bytes behind an Ethernet header", async () => {
  await fuzz((random) => {
    const frame = Uint8Array.from({ length: 2 + below(random, 118) }, () => below(random, 256));
    frame.set(random() < 0.5 ? [0x08, 0x06] : [0x86, 0xdd], Math.min(12, frame.length - 2));
    return frame;
  }, readAll);
});
