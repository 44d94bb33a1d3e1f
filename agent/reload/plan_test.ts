import assert from "node:assert/strict";
import { type Conf, parseConf } from "../config/conf.ts";
import { type KeyChange, planReload } from "./plan.ts";

function conf(text: string): Conf {
  return parseConf(text).conf;
}

interface Case {
  readonly name: string;
  readonly running: string;
  /** @default running */
  readonly seen?: string;
  readonly wanted: string;
  /** What the agent runs with afterwards. */
  readonly want: string;
  readonly taken?: readonly string[];
  readonly restart?: readonly string[];
  readonly waiting?: readonly string[];
}

const cases: readonly Case[] = [
  { name: "nothing changed", running: "enableIPv4: true", wanted: "enableIPv4: yes", want: "enableIPv4: true" },
  {
    name: "a key that can be taken over",
    running: "",
    wanted: "enableGatewayDetection: true",
    want: "enableGatewayDetection: true",
    taken: ["enableGatewayDetection"],
  },
  {
    name: "several, all at once",
    running: "agent: {detection: {conflictProbes: 2}}",
    wanted: "agent: {detection: {interval: 50ms}, logLevel: debug, ipamDeadline: 10s}",
    want: "agent: {detection: {interval: 50ms}, logLevel: debug, ipamDeadline: 10s}",
    taken: ["agent.logLevel", "agent.ipamDeadline", "agent.detection.conflictProbes", "agent.detection.interval"],
  },
  {
    name: "a key that needs a restart",
    running: "enableIPv4: true",
    wanted: "enableIPv4: true\nenableIPv6: true",
    want: "enableIPv4: true",
    restart: ["enableIPv6"],
  },
  {
    name: "a change with both kinds waits as a whole",
    running: "",
    wanted: "enableIPv6: true\nenableGatewayDetection: true",
    want: "",
    restart: ["enableIPv6"],
    waiting: ["enableGatewayDetection"],
  },
  {
    name: "a later change is taken over while an earlier one waits",
    running: "",
    seen: "enableIPv6: true\nenableGatewayDetection: true",
    wanted: "enableIPv6: true\nenableGatewayDetection: true\nagent: {logLevel: warn}",
    want: "agent: {logLevel: warn}",
    taken: ["agent.logLevel"],
    restart: ["enableIPv6"],
    waiting: ["enableGatewayDetection"],
  },
  {
    name: "what waited is taken over when what it waited for is taken back",
    running: "",
    seen: "enableIPv6: true\nenableGatewayDetection: true",
    wanted: "enableGatewayDetection: true",
    want: "enableGatewayDetection: true",
    taken: ["enableGatewayDetection"],
  },
  {
    name: "a key that only the controller reads is none of a change",
    running: "podResourceInject: {namespacesExclude: [a]}",
    wanted: "podResourceInject: {namespacesExclude: [a, b]}\nenableGatewayDetection: true",
    want: "podResourceInject: {namespacesExclude: [a]}\nenableGatewayDetection: true",
    taken: ["enableGatewayDetection"],
  },
  {
    name: "a key that is no longer given has its default",
    running: "agent: {logLevel: debug, waitForFreeAddress: 2s}",
    wanted: "agent: {}",
    want: "",
    taken: ["agent.logLevel", "agent.waitForFreeAddress"],
  },
];
for (const { name, running, seen = running, wanted, want, taken = [], restart = [], waiting = [] } of cases) {
  Deno.test(`planReload() takes over whole changes: ${name}`, () => {
    const inputs = { running: conf(running), seen: conf(seen), wanted: conf(wanted) };
    const before = structuredClone(inputs);
    const plan = planReload(inputs);
    const keys = (changes: readonly KeyChange[]) => changes.map(({ key }) => key);
    assert.deepEqual([keys(plan.taken), keys(plan.restart), keys(plan.waiting)], [taken, restart, waiting]);
    assert.deepEqual(JSON.parse(JSON.stringify(plan.conf)), JSON.parse(JSON.stringify(conf(want))));
    assert.deepEqual(inputs, before, "what is read by a request that runs stays as it is");
  });
}

Deno.test("planReload() tells old and new values as an operator writes them", () => {
  const running = conf("");
  const wanted = conf("agent: {ipamDeadline: 1m, logLevel: debug, detection: {silentGateway: warn}}");
  assert.deepEqual(planReload({ running, seen: running, wanted }).taken, [
    { key: "agent.logLevel", from: null, to: "debug" },
    { key: "agent.ipamDeadline", from: "30s", to: "1m" },
    { key: "agent.detection.silentGateway", from: "fail", to: "warn" },
  ]);
});
