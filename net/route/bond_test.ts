import assert from "node:assert/strict";
import { parseAddress } from "../ip/mod.ts";
import { type Codec, hostLittleEndian, parseMac, WireError } from "../wire/mod.ts";
import { bondModes, bondOptions } from "./bond.ts";
import { bondData, vlanData } from "./link_info.ts";

const place = { what: "data", offset: 0 };

/** `IFLA_INFO_DATA` as ip(8) of iproute2 6.1 sends it, seen with strace(1) on a little-endian machine. */
const cases: readonly { command: string; codec: Codec<object>; bytes: string; want: object }[] = [
  {
    command: "type vlan id 50",
    codec: vlanData as Codec<object>,
    bytes: "06000100 32000000",
    want: { id: 50 },
  },
  {
    command: "type bond mode 1 arp_interval 100 arp_ip_target 10.0.0.1,10.0.0.2 arp_all_targets all",
    codec: bondData as Codec<object>,
    bytes: "05000100 01000000 08000700 64000000 14000800 08000000 0a000001 08000100 0a000002 08000a00 01000000",
    want: {
      mode: 1,
      arpInterval: 100,
      arpIpTarget: ["10.0.0.1", "10.0.0.2"].map(parseAddress),
      arpAllTargets: 1,
    },
  },
  {
    command: "type bond mode 4 miimon 100 updelay 200 downdelay 300 use_carrier 0 arp_validate 3 primary v0 " +
      "primary_reselect 1 fail_over_mac 2 xmit_hash_policy layer2+3 resend_igmp 5 num_grat_arp 6 all_slaves_active 1 " +
      "min_links 2 lp_interval 3 packets_per_slave 4 lacp_rate fast ad_select count ad_actor_sys_prio 7 " +
      "ad_user_port_key 8 ad_actor_system 02:00:00:00:00:05 tlb_dynamic_lb 0",
    codec: bondData as Codec<object>,
    bytes: `
      05000100 04000000 08000300 64000000 08000400 c8000000 08000500 2c010000 05000600 00000000 08000900 03000000
      08000b00 03000000 05000c00 01000000 05000d00 02000000 05000e00 02000000 08000f00 05000000 05001000 06000000
      05001100 01000000 08001200 02000000 08001300 03000000 08001400 04000000 05001500 01000000 05001600 02000000
      06001800 07000000 06001900 08000000 0a001a00 02000000 00050000 05001b00 00000000`,
    want: {
      mode: 4,
      miimon: 100,
      updelay: 200,
      downdelay: 300,
      useCarrier: 0,
      arpValidate: 3,
      primary: 3,
      primaryReselect: 1,
      failOverMac: 2,
      xmitHashPolicy: 2,
      resendIgmp: 5,
      numPeerNotif: 6,
      allSlavesActive: 1,
      minLinks: 2,
      lpInterval: 3,
      packetsPerSlave: 4,
      adLacpRate: 1,
      adSelect: 2,
      adActorSysPrio: 7,
      adUserPortKey: 8,
      adActorSystem: parseMac("02:00:00:00:00:05"),
      tlbDynamicLb: 0,
    },
  },
];

function bytesOf(hex: string): Uint8Array {
  return Uint8Array.from(hex.match(/[0-9a-f]{2}/g) ?? [], (pair) => parseInt(pair, 16));
}

for (const { command, codec, bytes, want } of cases) {
  Deno.test({
    name: `data of \`ip link add … ${command}\` is what ip(8) sends, both ways`,
    ignore: !hostLittleEndian,
    fn() {
      assert.deepEqual(codec.decode(bytesOf(bytes), place), want);
      assert.deepEqual(Uint8Array.from(codec.encode(want)), bytesOf(bytes));
    },
  });

  Deno.test(`data of \`ip link add … ${command.slice(0, 20)}…\` cut at any length is decoded or refused`, () => {
    const whole = bytesOf(bytes);
    for (let length = 0; length < whole.length; length++) {
      try {
        codec.decode(whole.subarray(0, length), place);
      } catch (err) {
        assert.ok(err instanceof WireError);
      }
    }
  });
}

Deno.test("bondData keeps what a newer kernel adds, such as IFLA_BOND_MISSED_MAX and the state of 802.3ad", () => {
  const bytes = bytesOf("05000100 04000000 05001e00 02000000 0c001700 06000100 01000000");
  const value = bondData.decode(bytes, place);
  assert.equal(value.mode, 4);
  assert.deepEqual(Uint8Array.from(bondData.encode(value)), bytes);
});

Deno.test("bondOptions has every attribute that a bond is made with, once", () => {
  const attributes = Object.values(bondOptions).map(({ attribute }) => attribute);
  assert.equal(new Set(attributes).size, attributes.length);
  const made = cases.flatMap(({ codec, want }) => codec === vlanData ? [] : Object.keys(want));
  const others = ["activeSlave"]; // chosen when it has members
  assert.deepEqual([...new Set([...made, ...others])].filter((key) => key !== "mode").sort(), attributes.sort());
});

Deno.test("bondOptions: each highest value fits its attribute", () => {
  for (const [name, option] of Object.entries(bondOptions)) {
    if (option.type !== "number") continue;
    const [lowest, highest] = option.range;
    const decoded = bondData.decode(bondData.encode({ [option.attribute]: highest }), place);
    assert.deepEqual([name, decoded[option.attribute], lowest <= highest], [name, highest, true]);
    if (option.names !== undefined) assert.equal(option.names.length, highest + 1);
  }
});

Deno.test("bondModes are those of the kernel by number", () => {
  assert.deepEqual([0, 1, 2, 3, 4, 5, 6].map((mode) => bondModes[mode]?.slice(0, 9)), [
    "balance-r",
    "active-ba",
    "balance-x",
    "broadcast",
    "802.3ad",
    "balance-t",
    "balance-a",
  ]);
  assert.equal(bondModes.length, 7);
});
