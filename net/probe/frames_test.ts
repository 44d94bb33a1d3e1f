import assert from "node:assert/strict";
import { formatAddress, parseAddress } from "../ip/mod.ts";
import { parseMac } from "../wire/mod.ts";
import { announcement, conflictProbe, gatewayProbe, linkLocalOf } from "./frames.ts";

const mac = parseMac("02:00:5e:00:53:01");
const v4 = parseAddress("10.20.0.10");
const v6 = parseAddress("fd00:20::10");

/** Written out by hand from the RFCs' pictures; checksums by a program of its own. */
const frames: { name: string; got: Uint8Array; want: string[] }[] = [
  {
    name: "agent row 10.2.1: conflictProbe() of IPv4 is RFC 5227's ARP Probe",
    got: conflictProbe(v4, mac),
    want: [
      "ffffffffffff 02005e005301 0806", // to all, from the link
      "0001 0800 06 04 0001", // Ethernet, IPv4, lengths, request
      "02005e005301 00000000", // sender: nobody yet
      "000000000000 0a14000a", // target
    ],
  },
  {
    name: "agent row 10.2.1: gatewayProbe() of IPv4 asks with the address",
    got: gatewayProbe({ gateway: parseAddress("10.20.0.1"), address: v4 }, mac),
    want: [
      "ffffffffffff 02005e005301 0806",
      "0001 0800 06 04 0001",
      "02005e005301 0a14000a",
      "000000000000 0a140001",
    ],
  },
  {
    name: "announcement() of IPv4 is RFC 5227's ARP Announcement",
    got: announcement(v4, mac),
    want: [
      "ffffffffffff 02005e005301 0806",
      "0001 0800 06 04 0001",
      "02005e005301 0a14000a",
      "000000000000 0a14000a",
    ],
  },
  {
    name: "conflictProbe() of IPv6 is RFC 4862's solicitation",
    got: conflictProbe(v6, mac),
    want: [
      "3333ff000010 02005e005301 86dd",
      "60000000 0018 3a ff", // 24 bytes of ICMPv6, hop limit 255
      "00000000000000000000000000000000", // from ::
      "ff0200000000000000000001ff000010", // to the solicited-node group
      "87 00 7d67 00000000", // solicitation, no option behind its target
      "fd000020000000000000000000000010",
    ],
  },
  {
    name: "gatewayProbe() of IPv6 asks from the link-local address, with its MAC",
    got: gatewayProbe({ gateway: parseAddress("fd00:20::1"), address: v6 }, mac),
    want: [
      "3333ff000001 02005e005301 86dd",
      "60000000 0020 3a ff",
      "fe8000000000000000005efffe005301",
      "ff0200000000000000000001ff000001",
      "87 00 1af8 00000000",
      "fd000020000000000000000000000001",
      "01 01 02005e005301", // source link-layer address
    ],
  },
  {
    name: "announcement() of IPv6 is RFC 4861's unsolicited advertisement",
    got: announcement(v6, mac),
    want: [
      "333300000001 02005e005301 86dd",
      "60000000 0020 3a ff",
      "fd000020000000000000000000000010",
      "ff020000000000000000000000000001",
      "88 00 a93c 20000000", // override, not solicited
      "fd000020000000000000000000000010",
      "02 01 02005e005301", // target link-layer address
    ],
  },
];
for (const { name, got, want } of frames) {
  Deno.test(name, () => assert.equal(got.toHex(), want.join("").replaceAll(" ", "")));
}

Deno.test("linkLocalOf() flips the universal bit", () => {
  assert.equal(formatAddress(linkLocalOf(parseMac("34:56:78:9a:bc:de"))), "fe80::3656:78ff:fe9a:bcde"); // RFC 2464 §4
});
