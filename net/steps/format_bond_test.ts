import assert from "node:assert/strict";
import { parseAddress } from "../ip/mod.ts";
import { parseMac } from "../wire/mod.ts";
import { bondText } from "./format_bond.ts";
import type { StepBond } from "./step.ts";

const cases: readonly { bond: Omit<StepBond, "mtu">; want: string }[] = [
  { bond: { mode: 0, options: {} }, want: "mode balance-rr" },
  { bond: { mode: 9, options: {} }, want: "mode 9" },
  {
    bond: { mode: 1, primary: "eth1", options: { miimon: 100, useCarrier: 0 } },
    want: "mode active-backup miimon 100 use_carrier off primary eth1",
  },
  {
    bond: { mode: 4, options: { adLacpRate: 1, xmitHashPolicy: 1, adActorSystem: parseMac("02:00:00:00:00:05") } },
    want: "mode 802.3ad xmit_hash_policy layer3+4 lacp_rate fast ad_actor_system 02:00:00:00:00:05",
  },
  {
    bond: { mode: 1, options: { arpInterval: 9, arpIpTarget: ["10.0.0.1", "10.0.0.2"].map(parseAddress) } },
    want: "mode active-backup arp_interval 9 arp_ip_target 10.0.0.1,10.0.0.2",
  },
];
for (const { bond, want } of cases) {
  Deno.test(`bondText() writes \`${want}\``, () => assert.equal(bondText({ ...bond, mtu: 1500 }), want));
}
