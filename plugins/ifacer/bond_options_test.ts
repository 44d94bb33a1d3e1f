import assert from "node:assert/strict";
import { parseAddress } from "../../net/ip/mod.ts";
import { parseMac } from "../../net/wire/mod.ts";
import { fuzz, oneOf, some } from "../../tests/shared/fuzz.ts";
import { CniError } from "../cni/mod.ts";
import { assertInvalid } from "./assert_invalid.ts";
import { parseBondOptions, type ParsedBondOptions } from "./bond_options.ts";

const members = ["eth1", "eth2"];
const targets = ["10.0.0.1", "10.0.0.2"].map(parseAddress);

const cases: readonly { text: string; want: Partial<ParsedBondOptions> }[] = [
  { text: "", want: {} },
  { text: " ; ;; ", want: {} },
  { text: "primary=eth2", want: { primary: "eth2" } },
  { text: "active_slave=eth1", want: { activeMember: "eth1" } },
  { text: "miimon=100", want: { options: { miimon: 100 } } },
  { text: "up_delay=200", want: { options: { updelay: 200 } } },
  { text: "updelay=200", want: { options: { updelay: 200 } } },
  { text: "downdelay=200", want: { options: { downdelay: 200 } } },
  { text: "use_carrier=0", want: { options: { useCarrier: 0 } } },
  { text: "use_carrier=on", want: { options: { useCarrier: 1 } } },
  { text: "arp_interval=1000", want: { options: { arpInterval: 1000 } } },
  { text: 'arp_ip_target=["10.0.0.1", "10.0.0.2"]', want: { options: { arpIpTarget: targets } } },
  { text: "arp_ip_target=10.0.0.1, 10.0.0.2", want: { options: { arpIpTarget: targets } } },
  { text: "arp_validate=all", want: { options: { arpValidate: 3 } } },
  { text: "arp_validate=filter_backup", want: { options: { arpValidate: 6 } } },
  { text: "arp_all_targets=all", want: { options: { arpAllTargets: 1 } } },
  { text: "fail_over_mac=follow", want: { options: { failOverMac: 2 } } },
  { text: "primary_reselect=failure", want: { options: { primaryReselect: 2 } } },
  { text: "xmit_hash_policy=layer3+4", want: { options: { xmitHashPolicy: 1 } } },
  { text: "xmit_hash_policy=vlan+srcmac", want: { options: { xmitHashPolicy: 5 } } },
  { text: "lacp_rate=fast", want: { options: { adLacpRate: 1 } } },
  { text: "ad_select=bandwidth", want: { options: { adSelect: 1 } } },
  { text: "ad_actor_sys_prio=65535", want: { options: { adActorSysPrio: 65535 } } },
  { text: "ad_actor_system=02:00:00:00:00:05", want: { options: { adActorSystem: parseMac("02:00:00:00:00:05") } } },
  { text: "ad_user_port_key=1023", want: { options: { adUserPortKey: 1023 } } },
  { text: "all_slaves_active=1", want: { options: { allSlavesActive: 1 } } },
  { text: "min_links=2", want: { options: { minLinks: 2 } } },
  { text: "packets_per_slave=0", want: { options: { packetsPerSlave: 0 } } },
  { text: "lp_interval=10", want: { options: { lpInterval: 10 } } },
  { text: "resend_igmp=255", want: { options: { resendIgmp: 255 } } },
  { text: "peer_notif_delay=3", want: { options: { numPeerNotif: 3 } } },
  { text: "num_grat_arp=3", want: { options: { numPeerNotif: 3 } } },
  { text: "tlb_dynamic_lb=0", want: { options: { tlbDynamicLb: 0 } } },
  { text: "miimon=100; lacp_rate=1", want: { options: { miimon: 100, adLacpRate: 1 } } },
  { text: " primary = eth1 ;miimon= 50;", want: { primary: "eth1", options: { miimon: 50 } } },
  { text: "miimon=1;miimon=2", want: { options: { miimon: 2 } } },
  { text: "constructor=1;mode=1", want: { warnings: ["constructor", "mode"].map((key) => unknown(key)) } },
];
for (const { text, want } of cases) {
  Deno.test(`parseBondOptions() reads ${JSON.stringify(text)}`, () => {
    const nothing = { primary: undefined, activeMember: undefined, options: {}, warnings: [] };
    assert.deepEqual(parseBondOptions(text, members), { ...nothing, ...want });
  });
}

function unknown(key: string): string {
  return `ignored the unknown bond option ${key}`;
}

Deno.test("plugins row 106: parseBondOptions() takes both options of `miimon=100; lacp_rate=1`", () => {
  assert.deepEqual(parseBondOptions("miimon=100; lacp_rate=1", members).options, { miimon: 100, adLacpRate: 1 });
});

Deno.test("plugins row 107: parseBondOptions() takes xmit_hash_policy=layer2+3", () => {
  assert.deepEqual(parseBondOptions("xmit_hash_policy=layer2+3", members).options, { xmitHashPolicy: 2 });
});

const refused: readonly { text: string; message: RegExp }[] = [
  { text: "miimon", message: /"miimon" is no key=value$/ },
  { text: "primary=eth1;miimon", message: /"miimon" is no key=value$/ },
  { text: "miimon=1=2", message: /"miimon=1=2" is no key=value$/ },
  { text: "=1", message: /"=1" is no key=value$/ },
  { text: "miimon=", message: /"miimon=" is no key=value$/ },
  { text: "miimon=fast", message: /option miimon=fast: it must be 0–2147483647$/ },
  { text: "miimon=-1", message: /miimon=-1/ },
  { text: "miimon=1e3", message: /miimon=1e3/ },
  { text: "miimon=2147483648", message: /2147483648/ },
  { text: "lp_interval=0", message: /it must be 1–/ },
  { text: "resend_igmp=256", message: /it must be 0–255$/ },
  { text: "ad_actor_sys_prio=0", message: /it must be 1–65535$/ },
  { text: "ad_user_port_key=1024", message: /it must be 0–1023$/ },
  { text: "lacp_rate=2", message: /lacp_rate=2: it must be 0–1 \(slow, fast\)$/ },
  { text: "xmit_hash_policy=layer9", message: /\(layer2, layer3\+4, layer2\+3/ },
  { text: "primary=eth3", message: /primary=eth3: it must be one of the interfaces eth1, eth2$/ },
  { text: "active_slave=1", message: /active_slave=1/ },
  { text: "ad_actor_system=1", message: /ad_actor_system=1: Cannot parse MAC/ },
  { text: "ad_actor_system=01:00:00:00:00:00", message: /of one machine$/ },
  { text: "ad_actor_system=00:00:00:00:00:00", message: /of one machine$/ },
  { text: "arp_ip_target=10.0.0.300", message: /arp_ip_target=10\.0\.0\.300/ },
  { text: "arp_ip_target=fd00::1", message: /fd00::1 is no IPv4 address/ },
  { text: "arp_ip_target=[10.0.0.1]", message: /arp_ip_target=\[10\.0\.0\.1\]/ },
  { text: "arp_ip_target=[1]", message: /a list of addresses$/ },
  { text: "arp_ip_target=[]", message: /1–16 addresses$/ },
  { text: `arp_ip_target=${Array(17).fill("10.0.0.1").join(",")}`, message: /1–16 addresses$/ },
  { text: ";".repeat(4097), message: /4097 characters/ },
];
for (const { text, message } of refused) {
  Deno.test(`parseBondOptions() refuses ${JSON.stringify(text.slice(0, 40))}`, () => {
    assertInvalid(() => parseBondOptions(text, members), message);
  });
}

Deno.test("parseBondOptions() reads any text, or refuses it with a CniError", async () => {
  const parts = [
    "miimon",
    "primary",
    "arp_ip_target",
    "=",
    ";",
    " ",
    "[",
    '"',
    "]",
    ",",
    "10.0.0.1",
    "1",
    "-",
    "\0",
    "é",
  ];
  await fuzz((random) => some(random, 12, (inner) => oneOf(inner, parts)).join(""), (text) => {
    try {
      parseBondOptions(text, members);
    } catch (err) {
      assert.ok(err instanceof CniError);
    }
  });
});
