/** What `spiderpool` makes of the agent's answer. */
import assert from "node:assert/strict";
import type { CallChanges } from "./attachment.ts";
import { ADD, dualStack, pluginTest, v4 } from "./spiderpool_case.ts";

interface AddCase extends CallChanges {
  readonly name: string;
  readonly answer?: unknown;
  readonly want: unknown;
}

const adds: AddCase[] = [
  {
    name: "plugins row 25: entries of net1 are left out",
    answer: {
      ips: [v4, { version: 4, address: "10.2.0.10/24", nic: "net1" }],
      routes: [{ ifName: "net1", dst: "10.9.0.0/16", gw: "10.2.0.1" }, {
        ifName: "eth0",
        dst: "10.8.3.4/16",
        gw: "10.1.0.1",
      }],
    },
    want: {
      cniVersion: "1.0.0",
      ips: [{ address: "10.1.0.10/24", gateway: "10.1.0.1" }],
      routes: [{ dst: "10.8.0.0/16", gw: "10.1.0.1" }],
      dns: {},
    },
  },
  {
    name: "plugins row 27: dual stack in 0.3.1",
    conf: { cniVersion: "0.3.1" },
    want: {
      cniVersion: "0.3.1",
      ips: [
        { version: "4", address: "10.1.0.10/24", gateway: "10.1.0.1" },
        { version: "6", address: "fd00:1::10/64", gateway: "fd00:1::1" },
      ],
      routes: [{ dst: "0.0.0.0/0", gw: "10.1.0.1" }, { dst: "::/0", gw: "fd00:1::1" }],
      dns: {},
    },
  },
  {
    name: "plugins row 28: no gateway",
    answer: { ips: [{ version: 4, address: "10.1.0.10/24", nic: "eth0", gateway: "" }], routes: null },
    want: { cniVersion: "1.0.0", ips: [{ address: "10.1.0.10/24" }], dns: {} },
  },
  {
    name: "plugins row 29: dns with null lists",
    answer: { ips: [v4], dns: { domain: "a.b", nameservers: null, search: null, options: null } },
    want: {
      cniVersion: "1.0.0",
      ips: [{ address: "10.1.0.10/24", gateway: "10.1.0.1" }],
      dns: { domain: "a.b" },
    },
  },
  {
    name: "plugins row 35: log_file_max_size as a string",
    ipam: { log_file_max_size: "100", log_file_max_age: "7", log_file_max_count: 3 },
    answer: { ips: [v4] },
    want: { cniVersion: "1.0.0", ips: [{ address: "10.1.0.10/24", gateway: "10.1.0.1" }], dns: {} },
  },
];
for (const { name, answer = dualStack, want, ...changes } of adds) {
  pluginTest({
    name,
    answers: { [ADD]: { status: 200, json: answer } },
    async run(attachment) {
      const run = await attachment.call("ADD", changes);
      assert.equal(run.code, 0, run.stdout);
      assert.equal(run.stdout, JSON.stringify(want, null, 4));
    },
  });
}
