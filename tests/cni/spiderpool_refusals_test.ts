/** What `spiderpool` refuses, and what it says then. */
import assert from "node:assert/strict";
import type { CallChanges } from "./attachment.ts";
import type { Answer } from "./fake_agent.ts";
import { ADD, DEL, ENDPOINT, endpoint, pluginTest, prevResult, v4, v6 } from "./spiderpool_case.ts";

/** What a failed ADD or DEL must say. */
interface Refusal extends CallChanges {
  readonly name: string;
  readonly command?: "ADD" | "DEL" | "CHECK";
  readonly answers?: Readonly<Record<string, Answer>>;
  readonly code: number;
  readonly msg: RegExp;
  /** Requests that reached the agent. @default 1 */
  readonly requests?: number;
}

const unhealthy = /unhealthy spiderpool-agent backend/;
const refusals: Refusal[] = [
  {
    name: "plugins row 21: ADD without an agent",
    ipam: { ipam_unix_socket_path: "/nowhere/agent.sock" },
    code: 11,
    msg: unhealthy,
    requests: 0,
  },
  {
    name: "plugins row 21: DEL without an agent",
    command: "DEL",
    ipam: { ipam_unix_socket_path: "/nowhere/agent.sock" },
    code: 11,
    msg: unhealthy,
    requests: 0,
  },
  { name: "plugins row 22: ADD to an agent that hangs up", answers: { [ADD]: undefined }, code: 11, msg: unhealthy },
  {
    name: "plugins row 22: DEL to an agent that hangs up",
    command: "DEL",
    answers: { [DEL]: undefined },
    code: 11,
    msg: unhealthy,
  },
  {
    name: "plugins row 22: ADD to something that is no agent",
    answers: { [ADD]: "SSH-2.0-x\r\n\r\n" },
    code: 11,
    msg: unhealthy,
  },
  {
    name: "plugins row 22: ADD with half an answer",
    answers: { [ADD]: "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{}" },
    code: 11,
    msg: unhealthy,
  },
  {
    name: "plugins row 23: ADD that the agent refuses",
    answers: { [ADD]: { status: 500, json: 'no IPPool available, "v4a" <full>' } },
    code: 100,
    msg: /^spiderpool IP allocation error: .*500: no IPPool available, "v4a" <full>$/,
  },
  {
    name: "plugins row 23: ADD that the agent finds broken",
    answers: { [ADD]: { status: 422, json: { code: 602, message: "podUID in body is required" } } },
    code: 999,
    msg: /^spiderpool IP allocation error: .*422: podUID in body is required$/,
  },
  {
    name: "plugins row 23: ADD with a status that is not in the contract",
    answers: { [ADD]: "HTTP/1.1 418 I'm a teapot\r\nContent-Length: 5\r\n\r\nshort" },
    code: 999,
    msg: /418: short$/,
  },
  {
    name: "plugins row 24: an answer without ips",
    answers: { [ADD]: { status: 200, json: { routes: [] } } },
    code: 999,
    msg: /allocation error: .*ips in body is required/,
  },
  {
    name: "plugins row 24: an answer whose ips are null",
    answers: { [ADD]: { status: 200, json: { ips: null } } },
    code: 999,
    msg: /allocation error: .*ips in body is required/,
  },
  {
    name: "plugins row 24: an answer without a body",
    answers: { [ADD]: { status: 200 } },
    code: 999,
    msg: /allocation error: .*not JSON/,
  },
  {
    name: "plugins row 24: an answer with a broken MAC",
    answers: { [ADD]: { status: 200, json: { ips: [{ ...v4, mac: "aa:bb" }] } } },
    code: 999,
    msg: /allocation error: .*ips\.0\.mac in body should match/,
  },
  {
    name: "plugins row 26: an answer for another interface only",
    answers: { [ADD]: { status: 200, json: { ips: [{ ...v4, nic: "net1" }] } } },
    code: 999,
    msg: /no Interface eth0 IP allocation found/,
  },
  {
    name: "plugins row 30: version 4 with an IPv6 address",
    answers: { [ADD]: { status: 200, json: { ips: [{ ...v6, version: 4 }] } } },
    code: 999,
    msg: /FD00:1:0::10\/64: it is not of IPv4/,
    requests: 2,
  },
  {
    name: "plugins row 30: version 5",
    answers: { [ADD]: { status: 200, json: { ips: [{ ...v4, version: 5 }] } } },
    code: 999,
    msg: /ips\.0\.version in body should be one of \[4 6\]/,
  },
  {
    name: "plugins row 33: a namespace that does not exist",
    env: { CNI_NETNS: "/var/run/netns/none" },
    code: 4,
    msg: /CNI_NETNS .*does not exist/,
    requests: 0,
  },
  {
    name: "plugins row 33: a namespace that is a file",
    env: { CNI_NETNS: "/etc/hostname" },
    code: 4,
    msg: /CNI_NETNS .*is no network namespace/,
    requests: 0,
  },
  {
    name: "plugins row 34: log_level loud",
    ipam: { log_level: "loud" },
    code: 7,
    msg: /log_level "loud": it must be one of debug, info/,
    requests: 0,
  },
  {
    name: "plugins row 35: log_file_max_size of ten",
    ipam: { log_file_max_size: "ten" },
    code: 7,
    msg: /log_file_max_size of type int64/,
    requests: 0,
  },
  {
    name: "plugins row 44: DEL that the agent cannot do now",
    command: "DEL",
    answers: { [DEL]: { status: 500, json: "later" } },
    code: 11,
    msg: /release error: .*500: later$/,
  },
  { name: "CHECK without prevResult", command: "CHECK", code: 7, msg: /no prevResult/, requests: 0 },
  {
    name: "CHECK with a prevResult of another generation",
    command: "CHECK",
    conf: { prevResult: { ...prevResult("10.1.0.10/24"), cniVersion: "0.4.0" } },
    code: 7,
    msg: /prevResult: it is of version 0\.4\.0, the configuration of 1\.0\.0$/,
    requests: 0,
  },
  {
    name: "CHECK of an address that is not recorded",
    command: "CHECK",
    conf: { prevResult: prevResult("10.1.0.10/24", "10.1.0.11/24") },
    answers: { [ENDPOINT]: endpoint("10.1.0.10/24", "") },
    code: 101,
    msg: /Cannot find 10\.1\.0\.11\/24 of eth0 in the SpiderEndpoint of Pod "ns1\/web-0"$/,
  },
  {
    name: "CHECK of a Pod without an endpoint",
    command: "CHECK",
    conf: { prevResult: prevResult("10.1.0.10/24") },
    answers: { [ENDPOINT]: { status: 404, json: "none" } },
    code: 101,
    msg: /Cannot find 10\.1\.0\.10\/24 of eth0/,
  },
];
for (const { name, command = "ADD", answers = {}, code, msg, requests = 1, ...changes } of refusals) {
  pluginTest({
    name,
    answers,
    async run(attachment) {
      const run = await attachment.call(command, changes);
      const error = JSON.parse(run.stdout);
      assert.equal(run.code, 1);
      assert.match(error.msg, msg);
      assert.equal(error.code, code);
      assert.equal(error.cniVersion, "1.0.0");
      assert.equal(attachment.agent.seen.length, requests);
    },
  });
}
