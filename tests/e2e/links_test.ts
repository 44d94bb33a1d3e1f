import assert from "node:assert/strict";
import { parseLinks } from "./links.ts";

Deno.test("parseLinks() keeps addresses of scope global, canonical", () => {
  const printed = [
    { ifname: "lo", addr_info: [{ local: "127.0.0.1", scope: "host" }] },
    {
      ifname: "eth0",
      addr_info: [
        { local: "172.22.1.1", scope: "global" },
        { local: "fd00:22:0::1", scope: "global" },
        { local: "fe80::1", scope: "link" },
      ],
    },
    { ifname: "net1" },
  ];
  assert.deepEqual(parseLinks(printed), [
    { ifname: "eth0", address: "172.22.1.1" },
    { ifname: "eth0", address: "fd00:22::1" },
  ]);
});
