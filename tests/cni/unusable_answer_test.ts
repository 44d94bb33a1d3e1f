/** ADD with an answer that nobody can use: it fails, and what the agent gave goes back. */
import assert from "node:assert/strict";
import { ADD, pluginTest, v4, v6 } from "./spiderpool_case.ts";

const GIVE_BACK = "DELETE /v1/ipam/ips";
const detection = { enableGatewayDetection: true, enableIPConflictDetection: true };
const released = { status: 200 };

const cases = [
  {
    name: "a gateway of the other family",
    ips: [v4, { ...v6, gateway: "10.1.0.1" }],
    msg: /10\.1\.0\.1 .*other family/,
  },
  {
    name: "a gateway of the other family that is to be asked for",
    ips: [{ ...v4, ...detection, gateway: "fd00:1::1" }],
    msg: /fd00:1::1 .*other family/,
  },
  { name: "a gateway that is none", ips: [{ ...v4, gateway: "10.1.0" }], msg: /10\.1\.0/ },
  { name: "an address of the other family", ips: [{ ...v6, version: 4 }], msg: /not of IPv4/ },
  { name: "an address without a length", ips: [{ ...v4, address: "10.1.0.10" }], msg: /10\.1\.0\.10/ },
];
for (const { name, ips, msg } of cases) {
  pluginTest({
    name: `ADD gives back what came with ${name}`,
    answers: { [ADD]: { status: 200, json: { ips } }, [GIVE_BACK]: released },
    async run(attachment) {
      const { code, stdout } = await attachment.call("ADD");
      const error = JSON.parse(stdout);
      assert.deepEqual([code, error.code], [1, 999]);
      assert.match(error.msg, /^spiderpool IP allocation error: the agent's answer breaks the contract: /);
      assert.match(error.msg, msg);
      assert.deepEqual(attachment.agent.seen.map(({ line }) => line), [ADD, GIVE_BACK]);
      const { containerID, podName, podUID, isReleaseConflictIPs } = attachment.agent.seen[1]?.body ?? {};
      assert.deepEqual({ containerID, podName, podUID, isReleaseConflictIPs }, {
        containerID: "c1",
        podName: "web-0",
        podUID: "u1",
        isReleaseConflictIPs: true,
      });
    },
  });
}

pluginTest({
  name: "ADD tells both when the agent does not take an unusable answer's addresses back",
  answers: {
    [ADD]: { status: 200, json: { ips: [{ ...v4, gateway: "fd00:1::1" }] } },
    [GIVE_BACK]: { status: 500, json: "no API" },
  },
  async run(attachment) {
    const { stdout } = await attachment.call("ADD");
    assert.match(JSON.parse(stdout).msg, /other family; spiderpool IP release error: .*no API$/);
  },
});

pluginTest({
  name: "ADD leaves other links alone when the answer has nothing for its own",
  answers: { [ADD]: { status: 200, json: { ips: [{ ...v4, nic: "net1" }] } } },
  async run(attachment) {
    const { stdout } = await attachment.call("ADD");
    assert.match(JSON.parse(stdout).msg, /no Interface eth0 IP allocation found/);
    assert.deepEqual(attachment.agent.seen.map(({ line }) => line), [ADD]);
  },
});
