import assert from "node:assert/strict";
import { fuzz, mutatedJsonText, returnsOrThrows } from "../../tests/shared/fuzz.ts";
import { CniError, parseNetConf } from "../cni/mod.ts";
import { parseIfacerConf } from "./config.ts";
import { nodeWith } from "./node_fixture.ts";
import { planIfacer } from "./plan.ts";
import { eth1, eth2 } from "./plan_fixture.ts";

const conf = {
  cniVersion: "1.0.0",
  name: "net",
  type: "ifacer",
  interfaces: ["eth1", "eth2"],
  vlanID: 100,
  bond: { name: "bond7", mode: 1, options: "primary=eth1;miimon=100;arp_ip_target=10.0.0.1" },
};
const alone = { ...conf, interfaces: ["eth1"], bond: null };

Deno.test("fuzz: a configuration is planned for, or refused with a CniError", async () => {
  let planned = 0;
  await fuzz((random) => mutatedJsonText(random, [conf, alone]), (text) => {
    const plan = returnsOrThrows(() => {
      const { settings } = parseIfacerConf(parseNetConf(new TextEncoder().encode(text)));
      return planIfacer(settings, nodeWith(eth1, eth2));
    }, [CniError]);
    if (plan === undefined) return;
    planned++;
    assert.ok(plan.steps.every(({ place }) => place === "host"));
  });
  assert.ok(planned > 0);
});
