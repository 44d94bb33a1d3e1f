import assert from "node:assert/strict";
import type { DetectionSettings, IpamAddResponse, IpConfig } from "../../agent/api/mod.ts";
import { formatAddress } from "../../net/ip/mod.ts";
import { defaultProbeSettings } from "../../net/probe/mod.ts";
import { addressesToAnnounce, asksNetwork, settingsOf, targetsOf } from "./detection.ts";

const v4: IpConfig = { version: 4, address: "10.0.0.5/24", nic: "eth0", gateway: "10.0.0.1" };
const v6: IpConfig = { version: 6, address: "FD00::5/64", nic: "eth0", gateway: "fd00::1" };
const conflict = { enableIPConflictDetection: true };
const gateway = { enableGatewayDetection: true };

function answer(...ips: IpConfig[]): IpamAddResponse {
  return { ips, routes: null };
}

const asking: { name: string; response: IpamAddResponse; want: boolean }[] = [
  { name: "no flags", response: answer(v4, v6), want: false },
  { name: "no addresses", response: { ips: null, routes: null }, want: false },
  { name: "a conflict flag", response: answer(v4, { ...v6, ...conflict }), want: true },
  { name: "a gateway flag", response: answer({ ...v4, ...gateway }), want: true },
  { name: "flags of another link", response: answer(v4, { ...v4, ...conflict, nic: "net1" }), want: false },
  { name: "announceAlways", response: { ...answer(v4), detection: { announceAlways: true } }, want: true },
  { name: "settings alone", response: { ...answer(v4), detection: { intervalMs: 5 } }, want: false },
];
for (const { name, response, want } of asking) {
  Deno.test(`asksNetwork() of ${name}`, () => assert.equal(asksNetwork(response, "eth0"), want));
}

const targets: { name: string; ips: IpConfig[]; passed?: string[]; want: string[] }[] = [
  { name: "no flags", ips: [v4], want: [] },
  {
    name: "conflict flags",
    ips: [{ ...v4, ...conflict }, { ...v6, ...conflict }],
    want: ["10.0.0.5 true -", "fd00::5 true -"],
  },
  { name: "a gateway flag", ips: [{ ...v4, ...gateway }], want: ["10.0.0.5 false 10.0.0.1"] },
  { name: "both flags", ips: [{ ...v6, ...conflict, ...gateway }], want: ["fd00::5 true fd00::1"] },
  { name: "a gateway flag without a gateway", ips: [{ ...v4, ...gateway, gateway: "" }], want: [] },
  { name: "another link", ips: [{ ...v4, ...conflict, nic: "net1" }], want: [] },
  { name: "an address that passed", ips: [{ ...v6, ...conflict }], passed: ["fd00::5"], want: [] },
  {
    name: "an address that passed, and its gateway",
    ips: [{ ...v4, ...conflict, ...gateway }],
    passed: ["10.0.0.5"],
    want: ["10.0.0.5 false 10.0.0.1"],
  },
];
for (const { name, ips, passed = [], want } of targets) {
  Deno.test(`targetsOf() of ${name}`, () => {
    const got = targetsOf(answer(...ips), { ifname: "eth0", passed: new Set(passed) });
    const text = got.map(({ address, detectConflict, gateway }) =>
      `${formatAddress(address)} ${detectConflict} ${gateway === undefined ? "-" : formatAddress(gateway)}`
    );
    assert.deepEqual(text, want);
  });
}

Deno.test("targetsOf() refuses what is no address, and a gateway of the other family", () => {
  for (const bad of [{ address: "10.0.0.5" }, { gateway: "x" }, { gateway: "fd00::1" }]) {
    const ips = answer({ ...v4, ...conflict, ...gateway, ...bad });
    assert.throws(() => targetsOf(ips, { ifname: "eth0", passed: new Set() }));
  }
});

const settings: { name: string; given: DetectionSettings | undefined; want: Partial<typeof defaultProbeSettings> }[] = [
  { name: "nothing", given: undefined, want: {} },
  { name: "zeros and negative numbers", given: { conflictProbes: 0, intervalMs: -5 }, want: {} },
  { name: "some", given: { conflictProbes: 3, linkWaitMs: 1 }, want: { conflictProbes: 3, linkWaitMs: 1 } },
  {
    name: "far too much",
    given: { conflictProbes: 1e9, gatewayProbes: 1e9, intervalMs: 1e9, linkWaitMs: 1e9 },
    want: { conflictProbes: 10, gatewayProbes: 10, intervalMs: 5000, linkWaitMs: 30000 },
  },
];
for (const { name, given, want } of settings) {
  Deno.test(`settingsOf() ${name}`, () => {
    assert.deepEqual(settingsOf(given, defaultProbeSettings), { ...defaultProbeSettings, ...want });
  });
}

Deno.test("addressesToAnnounce() tells links apart", () => {
  const response = answer(v4, { ...v6, nic: "net1" });
  assert.deepEqual(addressesToAnnounce(response, "eth0").map(formatAddress), ["10.0.0.5"]);
});
