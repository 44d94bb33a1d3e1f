import assert from "node:assert/strict";
import { FakeClock } from "../base/fake_clock.ts";
import { SyscallError } from "../ffi/mod.ts";
import { parseAddress } from "../ip/mod.ts";
import { ARPOP, ERRNO, ETH_P } from "../uapi/mod.ts";
import { type Bytes, parseMac } from "../wire/mod.ts";
import { encodeArp } from "./arp.ts";
import { ProbeError } from "./error.ts";
import { encodeFrame } from "./ethernet.ts";
import { type FakeAnswer, FakeSegment } from "./fake_segment.ts";
import { conflictProbe, gatewayProbe } from "./frames.ts";
import { runChecks } from "./run_checks.ts";
import { defaultProbeSettings, type ProbeSettings } from "./settings.ts";
import { type Finding, type ProbeTarget, TargetCheck } from "./target_check.ts";

const mac = parseMac("02:00:5e:00:53:01");
const other = parseMac("02:00:5e:00:53:99");
const address = parseAddress("10.20.0.10");
const second = parseAddress("10.20.0.11");
const gateway = parseAddress("10.20.0.1");

const probe = conflictProbe(address, mac).toHex();
const question = gatewayProbe({ gateway, address }, mac).toHex();

function replyFrom(sender: typeof address): Bytes {
  const payload = encodeArp({ operation: ARPOP.REPLY, senderMac: other, sender, targetMac: mac, target: address });
  return encodeFrame({ destination: mac, source: other, protocol: ETH_P.ARP, payload });
}

interface Setting {
  readonly targets?: readonly ProbeTarget[];
  readonly settings?: Partial<ProbeSettings>;
  readonly deadlineMs?: number;
  readonly answer?: (frame: Bytes, count: number) => readonly FakeAnswer[];
  readonly failSends?: readonly Error[];
  readonly failReceives?: readonly Error[];
}

async function run(setting: Setting) {
  const { targets = [{ address, detectConflict: true }], settings = {}, deadlineMs = 10_000 } = setting;
  const clock = new FakeClock();
  const segment = new FakeSegment(clock, setting.answer);
  segment.failSends(...setting.failSends ?? []);
  segment.failReceives(...setting.failReceives ?? []);
  const options = { mac, settings: { ...defaultProbeSettings, ...settings }, nowMs: 0 };
  const checks = targets.map((target) => new TargetCheck(target, options));
  await runChecks(segment, checks, { ifname: "eth0", clock, deadlineMs });
  return {
    findings: checks.map(({ finding }) => finding),
    sent: segment.sent.map(({ atMs, frame }) => [atMs, frame.toHex()]),
    endMs: clock.now(),
  };
}

const both: ProbeTarget = { address, detectConflict: true, gateway };
const conflict: Finding = { kind: "conflict", mac: "02:00:5e:00:53:99" };
const clear: Finding = { kind: "clear" };
const unreachable: Finding = { kind: "unreachable", gateway };

function onProbe(...answers: FakeAnswer[]): NonNullable<Setting["answer"]> {
  return (frame) => frame.toHex() === probe ? answers : [];
}

const error = new SyscallError("sendto", { errno: ERRNO.ENOBUFS });
const down = new SyscallError("recvfrom", { errno: ERRNO.ENETDOWN });

interface Case extends Setting {
  readonly name: string;
  readonly finding: Finding;
  /** When each frame was sent. */
  readonly sent: readonly (readonly [number, string])[];
  readonly endMs: number;
}

const cases: Case[] = [
  { name: "silence is no conflict (agent row 10.2.6)", finding: clear, sent: [[0, probe]], endMs: 100 },
  {
    name: "three probes are 100 ms apart (agent rows 10.2.2, 10.2.3)",
    settings: { conflictProbes: 3 },
    finding: clear,
    sent: [[0, probe], [100, probe], [200, probe]],
    endMs: 300,
  },
  {
    name: "a reply ends the wait (agent row 10.2.4)",
    answer: onProbe({ afterMs: 7, frame: replyFrom(address) }),
    finding: conflict,
    sent: [[0, probe]],
    endMs: 7,
  },
  {
    name: "a sleepy host answers the first of three after 250 ms",
    settings: { conflictProbes: 3 },
    answer: (_frame, count) => count === 0 ? [{ afterMs: 250, frame: replyFrom(address) }] : [],
    finding: conflict,
    sent: [[0, probe], [100, probe], [200, probe]],
    endMs: 250,
  },
  {
    name: "frames about other addresses do not count (agent row 10.2.5)",
    answer: onProbe({ afterMs: 5, frame: replyFrom(second) }, { afterMs: 6, frame: conflictProbe(address, mac) }),
    finding: clear,
    sent: [[0, probe]],
    endMs: 100,
  },
  {
    name: "the gateway is asked after the conflict check, and its first answer ends it (agent row 10.2.4)",
    targets: [both],
    answer: (frame) => frame.toHex() === question ? [{ afterMs: 3, frame: replyFrom(gateway) }] : [],
    finding: clear,
    sent: [[0, probe], [100, question]],
    endMs: 103,
  },
  {
    name: "a conflict keeps the gateway from being asked",
    targets: [both],
    answer: onProbe({ afterMs: 20, frame: replyFrom(address) }),
    finding: conflict,
    sent: [[0, probe]],
    endMs: 20,
  },
  {
    name: "a gateway alone is asked at once, and silence three times is unreachable (agent rows 10.2.3, 10.2.6)",
    targets: [{ address, detectConflict: false, gateway }],
    finding: unreachable,
    sent: [[0, question], [100, question], [200, question]],
    endMs: 300,
  },
  {
    name: "a gateway that answers the second time is there",
    targets: [{ address, detectConflict: false, gateway }],
    answer: (_frame, count) => count === 1 ? [{ afterMs: 1, frame: replyFrom(gateway) }] : [],
    finding: clear,
    sent: [[0, question], [100, question]],
    endMs: 101,
  },
  {
    name: "nothing asked is nothing sent",
    targets: [{ address, detectConflict: false }],
    finding: clear,
    sent: [],
    endMs: 0,
  },
  {
    name: "a frame that cannot be sent twice is sent the third time (agent row 10.2.7)",
    failSends: [error, error],
    finding: clear,
    sent: [[20, probe]],
    endMs: 120,
  },
  {
    name: "after a failed receive the probe is sent again, its answer may be lost (agent row 10.2.7)",
    failReceives: [down],
    finding: clear,
    sent: [[0, probe], [10, probe]],
    endMs: 110,
  },
];
for (const { name, finding, sent, endMs, ...setting } of cases) {
  Deno.test(`runChecks(): ${name}`, async () => {
    assert.deepEqual(await run(setting), { findings: [finding], sent, endMs });
  });
}

Deno.test("runChecks(): waits of many addresses overlap", async () => {
  const targets = Array.from({ length: 50 }, (_, i): ProbeTarget => ({
    address: { family: 4, value: address.value + BigInt(i) },
    detectConflict: true,
  }));
  const { findings, sent, endMs } = await run({
    targets,
    answer: (frame) => frame.toHex() === probe ? [{ afterMs: 1, frame: replyFrom(address) }] : [],
  });
  assert.deepEqual([sent.length, endMs], [50, 100]);
  assert.deepEqual(findings, [conflict, ...Array.from({ length: 49 }, () => clear)]);
});

const failures: (Setting & { name: string; reason: string })[] = [
  { name: "a frame that cannot be sent three times", failSends: [error, error, error], reason: "cannot send" },
  { name: "three failed receives", failReceives: [down, down, down], reason: "cannot receive" },
  { name: "a deadline before the end of the wait", deadlineMs: 40, reason: "deadline" },
];
for (const { name, reason, ...setting } of failures) {
  Deno.test(`agent row 10.2.8: runChecks() gives up after ${name}`, async () => {
    await assert.rejects(run(setting), (err) => {
      assert(err instanceof ProbeError);
      assert.deepEqual([err.ifname, err.reason], ["eth0", reason]);
      return true;
    });
  });
}

Deno.test("agent row 10.2.5: runChecks(): a flood does not stop the clock", async () => {
  const flood = Array.from({ length: 5000 }, () => ({ afterMs: 0, frame: replyFrom(second) }));
  const { findings, endMs } = await run({ answer: onProbe(...flood) });
  assert.deepEqual([findings, endMs], [[clear], 100]);
});
