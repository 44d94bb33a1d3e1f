import assert from "node:assert/strict";
import type { LogFields } from "../net/base/log.ts";
import { attachmentFields, upstreamFields } from "./log_fields.ts";

Deno.test("agent 12: lines of an ADD carry upstream's keys", () => {
  const args = {
    containerID: "c1",
    ifName: "eth0",
    netNamespace: "/run/netns/a",
    podNamespace: "ns",
    podName: "a",
    podUID: "u1",
  };
  assert.deepEqual(upstreamFields(attachmentFields("ADD", args)), {
    CNICommand: "ADD",
    PodNamespace: "ns",
    PodName: "a",
    PodUID: "u1",
    IfName: "eth0",
    ContainerID: "c1",
    NetNamespace: "/run/netns/a",
  });
});

const cases: [name: string, fields: LogFields, want: LogFields][] = [
  ["keeps what upstream has no name for", { pool: "v4", err: 7 }, { pool: "v4", err: 7 }],
  ["takes a name without a namespace", { pod: "a" }, { PodNamespace: "", PodName: "a" }],
  ["takes a name with two slashes", { pod: "ns/a/quarantine" }, { PodNamespace: "ns", PodName: "a/quarantine" }],
  ["leaves a Pod that is no text alone", { pod: { name: "a" } }, { pod: { name: "a" } }],
  ["is not fooled by what every object has", { constructor: 1, toString: 2 }, { constructor: 1, toString: 2 }],
];
for (const [name, fields, want] of cases) {
  Deno.test(`upstreamFields() ${name}`, () => assert.deepEqual(upstreamFields(fields), want));
}
