/** Whole runs of probes on a segment that answers with anything: each ends in time with a finding or an error that names the link. */
import assert from "node:assert/strict";
import { below, fuzz, oneOf, some } from "../../tests/shared/fuzz.ts";
import { FakeClock } from "../base/fake_clock.ts";
import type { Random } from "../base/random.ts";
import { parseAddress } from "../ip/mod.ts";
import { type Bytes, parseMac } from "../wire/mod.ts";
import { ProbeError } from "./error.ts";
import { type FakeAnswer, FakeSegment } from "./fake_segment.ts";
import { announcement, conflictProbe, gatewayProbe } from "./frames.ts";
import { runChecks } from "./run_checks.ts";
import { defaultProbeSettings } from "./settings.ts";
import { type Finding, type ProbeTarget, TargetCheck } from "./target_check.ts";

const mac = parseMac("02:00:5e:00:53:01");
const otherMac = parseMac("02:00:5e:00:53:99");
const DEADLINE_MS = 60_000;

/** Somebody's frames about the probed address: a host that has it, one that probes it as well, and a gateway's question. */
function samplesOf({ address, gateway = address }: ProbeTarget): Bytes[] {
  return [
    announcement(address, otherMac),
    conflictProbe(address, otherMac),
    gatewayProbe({ gateway: address, address: gateway }, otherMac),
  ];
}

const targets: readonly ProbeTarget[] = [
  { address: parseAddress("10.20.0.10"), detectConflict: true },
  { address: parseAddress("10.20.0.10"), detectConflict: true, gateway: parseAddress("10.20.0.1") },
  { address: parseAddress("fd00:20::10"), detectConflict: true },
  { address: parseAddress("fd00:20::10"), detectConflict: false, gateway: parseAddress("fd00:20::1") },
];

/** Runs the probes of `target`. @returns the finding, or `undefined` for an error that tells what is wrong */
async function find(target: ProbeTarget, answer: () => readonly FakeAnswer[]): Promise<Finding | undefined> {
  const clock = new FakeClock();
  const check = new TargetCheck(target, { mac, settings: defaultProbeSettings, nowMs: 0 });
  try {
    await runChecks(new FakeSegment(clock, answer), [check], { ifname: "eth0", clock, deadlineMs: DEADLINE_MS });
    assert.notEqual(check.finding, undefined);
  } catch (err) {
    if (!(err instanceof ProbeError)) throw err;
    assert.match(err.message, /eth0/);
  }
  assert.ok(clock.now() <= DEADLINE_MS, `the run took ${clock.now()} ms`);
  return check.finding;
}

Deno.test("answers that are cut anywhere are no answers", async () => {
  for (const target of targets) {
    const silence = await find(target, () => []);
    for (const sample of samplesOf(target)) {
      for (let length = 0; length < sample.length; length++) {
        assert.deepEqual(await find(target, () => [{ afterMs: 1, frame: sample.slice(0, length) }]), silence);
      }
    }
  }
});

/** A frame of the segment: one of `samples` with some other bytes, or any bytes; cut or whole. */
function frameOf(random: Random, samples: readonly Bytes[]): Bytes {
  const any = Uint8Array.from({ length: below(random, 130) }, () => below(random, 256));
  const frame = random() < 0.3 ? any : oneOf(random, samples).slice();
  for (let i = below(random, 5); i > 0 && frame.length > 0; i--) {
    frame[below(random, frame.length)] = below(random, 256);
  }
  return random() < 0.2 ? frame.slice(0, below(random, frame.length + 1)) : frame;
}

Deno.test("fuzz: a segment that answers with anything", async () => {
  await fuzz((random) => {
    const target = oneOf(random, targets);
    const samples = samplesOf(target);
    const make = (): FakeAnswer => ({ afterMs: below(random, 2000), frame: frameOf(random, samples) });
    return { target, answers: some(random, 8, () => some(random, 5, make)) };
  }, async ({ target, answers }) => {
    const left = [...answers];
    await find(target, () => left.shift() ?? []);
  }, { runs: 1000 });
});

Deno.test("a flood of frames without end does not keep a run from its end", async () => {
  const [target] = targets;
  assert.ok(target);
  const clock = new FakeClock();
  const check = new TargetCheck(target, { mac, settings: defaultProbeSettings, nowMs: 0 });
  const frame = new Uint8Array(60);
  const flood = {
    send: () => undefined,
    receive: () => frame,
    wait: (ms: number) => Promise.resolve(clock.advance(ms)),
  };
  await runChecks(flood, [check], { ifname: "eth0", clock, deadlineMs: DEADLINE_MS });
  assert.deepEqual(check.finding, { kind: "clear" });
});
