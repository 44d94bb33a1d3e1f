/** What `spiderpool` asks the agent, and how long it waits. */
import assert from "node:assert/strict";
import { ADD, dualStack, ENDPOINT, endpoint, pluginTest, prevResult } from "./spiderpool_case.ts";

const requestBodies: { name: string; ipam: Record<string, unknown>; want: Record<string, unknown> }[] = [
  { name: "plugins row 31: default pools unset", ipam: {}, want: { defaultIPv4IPPool: null, defaultIPv6IPPool: null } },
  {
    name: "plugins row 31: default pools set",
    ipam: { default_ipv4_ippool: ["b", "a"], default_ipv6_ippool: [] },
    want: { defaultIPv4IPPool: ["b", "a"], defaultIPv6IPPool: [] },
  },
  {
    name: "plugins row 32: clean_gateway true",
    ipam: { clean_gateway: true, match_master_subnet: true },
    want: { defaultIPv4IPPool: null, defaultIPv6IPPool: null, cleanGateway: true, matchMasterSubnet: true },
  },
  {
    name: "plugins row 32: clean_gateway false",
    ipam: { clean_gateway: false },
    want: { defaultIPv4IPPool: null, defaultIPv6IPPool: null },
  },
];
for (const { name, ipam, want } of requestBodies) {
  pluginTest({
    name,
    async run(attachment) {
      assert.equal((await attachment.call("ADD", { ipam })).code, 0);
      assert.deepEqual(attachment.agent.seen.map(({ body }) => body), [{
        containerID: "c1",
        ifName: "eth0",
        netNamespace: attachment.netns.path,
        networkName: "net",
        podName: "web-0",
        podNamespace: "ns1",
        podUID: "u1",
        ...want,
      }]);
    },
  });
}

// Row 36 at a hundredth: an agent that needs 31 s needs 310 ms. A busy machine must not come to the limit first.
pluginTest({
  name: "plugins row 36: an agent that needs 31 s of the 100 s",
  answers: { [ADD]: { status: 200, json: dualStack, afterMs: 310 } },
  async run(attachment) {
    assert.equal((await attachment.call("ADD", { ipam: { agent_timeout_ms: 60_000 } })).code, 0);
  },
});
pluginTest({
  name: "plugins row 36: an agent that needs longer than the limit",
  answers: { [ADD]: { status: 200, json: dualStack, after: new Promise(() => {}) } },
  async run(attachment) {
    const run = await attachment.call("ADD", { ipam: { agent_timeout_ms: 200 } });
    const error = JSON.parse(run.stdout);
    assert.equal(error.code, 11);
    assert.match(error.msg, /no answer within 200 ms/);
  },
});

pluginTest({
  name: "plugins row 45: DEL with an empty CNI_NETNS leaves netNamespace out",
  async run(attachment) {
    const run = await attachment.call("DEL", { env: { CNI_NETNS: "" } });
    assert.deepEqual([run.code, run.stdout], [0, ""]);
    assert.deepEqual(attachment.agent.seen.map(({ body }) => body), [
      { containerID: "c1", ifName: "eth0", podName: "web-0", podNamespace: "ns1", podUID: "u1" },
    ]);
  },
});

pluginTest({
  name: "plugins row 46: DEL twice, and of a namespace that is gone",
  async run(attachment) {
    for (const env of [{}, {}, { CNI_NETNS: "/var/run/netns/none" }]) {
      const run = await attachment.call("DEL", { env });
      assert.deepEqual([run.code, run.stdout], [0, ""]);
    }
    assert.equal(attachment.agent.seen.length, 3);
  },
});

pluginTest({
  name: "DEL goes on with a broken log_level and broken CNI_ARGS",
  async run(attachment) {
    const env = { CNI_ARGS: "A=1;K8S_POD_NAME=web-0;x" };
    assert.equal((await attachment.call("DEL", { env, ipam: { log_level: "loud" } })).code, 0);
    assert.equal(attachment.agent.seen[0]?.body.podName, "web-0");
    assert.deepEqual(attachment.log().map(({ level, msg }) => [level, msg]), [
      ["WARN", "ignored log_level"],
      ["WARN", "ignored parts of CNI_ARGS"],
      ["INFO", "gave addresses back"],
    ]);
  },
});

pluginTest({
  name: "plugins row 47: the request on the wire has an empty Host and closes the connection",
  async run(attachment) {
    await attachment.call("ADD");
    const length = JSON.stringify(attachment.agent.seen[0]?.body).length + 1;
    assert.deepEqual(attachment.agent.seen[0]?.head.split("\r\n"), [
      "POST /v1/ipam/ip HTTP/1.1",
      "Host: ",
      "Accept: application/json",
      "Connection: close",
      "Content-Type: application/json",
      `Content-Length: ${length}`,
    ]);
  },
});

pluginTest({
  name: "plugins row 13: CHECK of addresses that are recorded, in any spelling",
  answers: { [ENDPOINT]: endpoint("10.1.0.10/24", "fd00:1::10/64") },
  async run(attachment) {
    for (const cniVersion of ["0.4.0", "1.1.0"]) {
      const conf = { cniVersion, prevResult: { ...prevResult("10.1.0.10/24", "FD00:1:0::10/64"), cniVersion } };
      const run = await attachment.call("CHECK", { conf });
      assert.deepEqual([run.code, run.stdout], [0, ""]);
    }
  },
});
