/** The plugin asks the network: a fake agent says what for, another host on the wire answers. */
import assert from "node:assert/strict";
import { HOST_MAC, ProbeSegment } from "../kernel/probe_segment.ts";
import { needsNetns } from "../shared/netns.ts";
import { testUnless } from "../shared/skip.ts";
import { TestAttachment } from "./attachment.ts";
import type { Answer, SeenRequest } from "./fake_agent.ts";

const ADD = "POST /v1/ipam/ip";
const RELEASE = "DELETE /v1/ipam/ips";

const flags = { enableIPConflictDetection: true, enableGatewayDetection: true };
const v4 = { version: 4, address: "10.20.0.10/24", nic: "eth0", enableIPConflictDetection: true };
const v6 = { version: 6, address: "fd00:20::10/64", nic: "eth0", enableIPConflictDetection: true };
const gateway4 = { ...v4, enableIPConflictDetection: false, enableGatewayDetection: true, gateway: "10.20.0.1" };

/** For tests in which everybody is silent, and for those in which an answer ends the wait. */
const hasty = { intervalMs: 20, linkWaitMs: 30_000 };
const patient = { intervalMs: 1_000, conflictProbes: 10, gatewayProbes: 10, linkWaitMs: 30_000 };

interface Case {
  readonly name: string;
  /** `ips` of the agent's answers, one for each ADD; the last one for all that follow. */
  readonly ips: readonly (readonly unknown[])[];
  readonly detection?: Readonly<Record<string, unknown>> | "of upstream";
  readonly release?: Answer;
  /** Addresses of the other host. */
  readonly host?: readonly string[];
  /** Changes the wire before the call. */
  prepare?(segment: ProbeSegment): void | Promise<void>;
  check(run: { code: number; json: Json; attachment: TestAttachment; isUp: boolean }): void;
}

interface Json {
  readonly code?: number;
  readonly msg: string;
  readonly details?: string;
  readonly ips?: readonly { readonly address: string }[];
}

function answerOf({ ips, detection = hasty, release = { status: 200 } }: Case): (request: SeenRequest) => Answer {
  let adds = 0;
  return ({ line }) => {
    if (line === RELEASE) return release;
    const own = ips[Math.min(adds++, ips.length - 1)];
    return line === ADD
      ? { status: 200, json: { ips: own, routes: null, ...(detection !== "of upstream" && { detection }) } }
      : { status: 404 };
  };
}

function probeTest(it: Case): void {
  testUnless(needsNetns(), {
    name: `spiderpool: ${it.name}`,
    async fn() {
      await using attachment = new TestAttachment(answerOf(it));
      using segment = new ProbeSegment(attachment.netns);
      for (const address of it.host ?? []) segment.addHostAddress(address);
      await it.prepare?.(segment);
      const { code, stdout } = await attachment.call("ADD");
      using nl = attachment.netns.open();
      const isUp = nl.tryLinkByName("eth0")?.up ?? false;
      it.check({ code, json: JSON.parse(stdout), attachment, isUp });
    },
  });
}

function linesOf({ agent }: TestAttachment): string[] {
  return agent.seen.map(({ line }) => line);
}

const pod = { containerID: "c1", podName: "web-0", podNamespace: "ns1", podUID: "u1", isReleaseConflictIPs: true };

function reportBody({ netns }: TestAttachment, conflictIPs: unknown): Record<string, unknown> {
  return { ...pod, netNamespace: netns.path, conflictIPs };
}

function releaseBody({ netns }: TestAttachment): Record<string, unknown> {
  return { ...pod, netNamespace: netns.path, ifName: "eth0", conflictIPs: null };
}

probeTest({
  name: "plugins row 37: nobody has the addresses: success, the link is up",
  ips: [[{ ...v4, ...flags }, { ...v6, ...flags }]],
  check({ code, json, attachment, isUp }) {
    assert.equal(code, 0, json.msg);
    assert.deepEqual(json.ips?.map(({ address }) => address), ["10.20.0.10/24", "fd00:20::10/64"]);
    assert.deepEqual([linesOf(attachment), isUp], [[ADD], true]);
  },
});

const stolen: { row: number; ip: unknown; host: string; address: string }[] = [
  { row: 38, ip: v4, host: "10.20.0.10/24", address: "10.20.0.10" },
  { row: 39, ip: v6, host: "fd00:20::10/64", address: "fd00:20::10" },
];
for (const { row, ip, host, address } of stolen) {
  probeTest({
    name: `agent row 10.4.1, plugins row ${row}: ${address} is another host's, and the agent has no other`,
    ips: [[ip]],
    host: [host],
    detection: patient,
    check({ code, json, attachment }) {
      assert.deepEqual([code, json.code], [1, 102]);
      assert.equal(json.msg, `ip conflict: ${address} on eth0 is in use by ${HOST_MAC}`);
      assert.match(json.details ?? "", /once more$/);
      assert.deepEqual(linesOf(attachment), [ADD, RELEASE, ADD, RELEASE, RELEASE]);
      const conflictIPs = [{ ip: address, mac: HOST_MAC, nic: "eth0" }];
      assert.deepEqual(attachment.agent.seen[1]?.body, reportBody(attachment, conflictIPs));
      assert.deepEqual(attachment.agent.seen[4]?.body, releaseBody(attachment));
    },
  });
}

probeTest({
  name: "a stolen address is set aside, and the ADD goes on with another one; the other family is kept",
  ips: [[v4, v6], [{ ...v4, address: "10.20.0.11/24" }, v6]],
  host: ["10.20.0.10/24"],
  detection: { ...patient, intervalMs: 500, conflictProbes: 4 },
  prepare: (segment) => segment.raise(), // the silence of the other family ends the wait
  check({ code, json, attachment }) {
    assert.equal(code, 0, json.msg);
    assert.deepEqual(json.ips?.map(({ address }) => address), ["10.20.0.11/24", "fd00:20::10/64"]);
    assert.deepEqual(linesOf(attachment), [ADD, RELEASE, ADD]);
    assert.deepEqual(attachment.agent.seen[2]?.body, attachment.agent.seen[0]?.body);
  },
});

for (const [status, words] of [[522, "forbid releasing IPs for stateful workload"], [521, "stateless"]] as const) {
  probeTest({
    name: `a conflict of a Pod that keeps its addresses (${status}) fails the ADD with the MAC, nothing is released`,
    ips: [[v4]],
    host: ["10.20.0.10/24"],
    detection: patient,
    release: { status, json: words },
    check({ json, attachment }) {
      assert.equal(json.msg, `ip conflict: 10.20.0.10 on eth0 is in use by ${HOST_MAC}`);
      assert.deepEqual([json.code, json.details, linesOf(attachment)], [102, words, [ADD, RELEASE]]);
    },
  });
}

probeTest({
  name: "a conflict that the agent cannot note is told with the agent's words",
  ips: [[v4]],
  host: ["10.20.0.10/24"],
  detection: patient,
  release: { status: 500, json: "later" },
  check({ json }) {
    assert.match(json.msg, /^ip conflict: 10\.20\.0\.10 .*; spiderpool IP release error: .*500: later$/);
  },
});

probeTest({
  name: "agent row 10.4.1, plugins row 40: a silent gateway fails the ADD, and the addresses go back",
  ips: [[gateway4]],
  check({ code, json, attachment }) {
    assert.deepEqual([code, json.code, json.msg], [1, 103, "gateway 10.20.0.1 of eth0 is unreachable"]);
    assert.deepEqual(linesOf(attachment), [ADD, RELEASE]);
    assert.deepEqual(attachment.agent.seen[1]?.body, releaseBody(attachment));
  },
});

probeTest({
  name: "a silent gateway is only logged where the configuration says so",
  ips: [[gateway4]],
  detection: { ...hasty, gatewayWarnOnly: true },
  check({ code, json, attachment }) {
    assert.equal(code, 0, json.msg);
    const warning = attachment.log().find(({ level }) => level === "WARN");
    assert.deepEqual([warning?.msg, warning?.gateways], ["no answer from the gateway", ["10.20.0.1"]]);
    assert.deepEqual(linesOf(attachment), [ADD]);
  },
});

probeTest({
  name: "a silent gateway of a Pod with other links releases what this link has: the others may be in use",
  ips: [[gateway4, { version: 4, address: "10.30.0.10/24", nic: "net1" }]],
  check({ json, attachment }) {
    assert.deepEqual([json.code, linesOf(attachment)], [103, [ADD, RELEASE]]);
    assert.deepEqual(attachment.agent.seen[1]?.body, releaseBody(attachment));
  },
});

probeTest({
  name: "a silent gateway of a Pod with other links releases nothing at upstream's agent, which would free those, too",
  ips: [[gateway4, { version: 4, address: "10.30.0.10/24", nic: "net1" }]],
  detection: "of upstream",
  prepare: (segment) => segment.raise(), // so that the wait for the link, which is not told, does not matter
  check({ json, attachment }) {
    assert.deepEqual([json.code, linesOf(attachment)], [103, [ADD]]);
  },
});

probeTest({
  name: "plugins row 41: a gateway that answers",
  ips: [[{ ...v4, ...flags, gateway: "10.20.0.1" }, { ...v6, ...flags, gateway: "fd00:20::1" }]],
  host: ["10.20.0.1/24", "fd00:20::1/64"],
  detection: { ...patient, intervalMs: 300, conflictProbes: 1 },
  check({ code, json }) {
    assert.equal(code, 0, json.msg);
  },
});

probeTest({
  name: "an address without a gateway has none to ask for",
  ips: [[{ ...gateway4, gateway: "" }]],
  check({ code, json }) {
    assert.equal(code, 0, json.msg);
  },
});

probeTest({
  name: "plugins row 42: what another link's addresses want is not done here",
  ips: [[{ ...v4, enableIPConflictDetection: false }, { ...v4, ...flags, gateway: "10.20.0.1", nic: "net1" }]],
  host: ["10.20.0.10/24"],
  check({ code, json, isUp }) {
    assert.equal(code, 0, json.msg);
    assert.equal(isUp, false);
  },
});

probeTest({
  name: "plugins row 43: a clean-up that fails is told too",
  ips: [[gateway4]],
  release: { status: 500, json: "etcd is away" },
  check({ json }) {
    assert.match(json.msg, /^gateway 10\.20\.0\.1 of eth0 is unreachable; .*500: etcd is away$/);
  },
});

probeTest({
  name: "agent row 10.4.2: a link without a carrier is an error of its own, and the addresses go back",
  ips: [[v4]],
  detection: { ...hasty, linkWaitMs: 50 },
  prepare: (segment) => segment.setHostLink(false),
  check({ json, attachment }) {
    assert.equal(json.code, 104);
    assert.match(
      json.msg,
      /^spiderpool IP detection error: Cannot probe on eth0: the link has no carrier after 50 ms$/,
    );
    assert.deepEqual(linesOf(attachment), [ADD, RELEASE]);
  },
});

probeTest({
  name: "agent row 10.4.2: a link that is missing is an error of its own",
  ips: [[v4]],
  prepare: ({ pod }) => void pod.ip("link", "del", "eth0"),
  check({ json, attachment }) {
    assert.match(json.msg, /there is no such link$/);
    assert.deepEqual(linesOf(attachment), [ADD, RELEASE]);
  },
});

probeTest({
  name: "announceAlways announces on a link that is up and asks nothing",
  ips: [[{ ...v4, enableIPConflictDetection: false }]],
  host: ["10.20.0.10/24"],
  detection: { announceAlways: true },
  prepare: (segment) => segment.raise(),
  check({ code, json, attachment }) {
    assert.equal(code, 0, json.msg);
    assert.deepEqual(
      attachment.log().map(({ msg }) => msg),
      ["asks for addresses", "announced addresses", "got addresses"],
    );
  },
});
