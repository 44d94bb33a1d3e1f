import assert from "node:assert/strict";
import { SyscallError } from "../net/ffi/mod.ts";
import { type findMaster, NetnsError } from "../net/host/mod.ts";
import { parseAddress } from "../net/ip/mod.ts";
import { ERRNO } from "../net/uapi/mod.ts";
import { hostMaster } from "./host_master.ts";

const netns = "/var/run/netns/cni-1";
const args = { netNamespace: netns, ifName: "eth0" };
const addresses = [parseAddress("10.1.0.7")];

function failing(error: Error): typeof findMaster {
  return () => {
    throw error;
  };
}

const cases: readonly { name: string; find: typeof findMaster; netNamespace?: string; want: unknown }[] = [
  { name: "addresses", find: () => ({ kind: "found", links: ["eth0"], addresses }), want: { addresses } },
  {
    name: "what the kernel does not tell",
    find: () => ({ kind: "unknown", problem: "why" }),
    want: { problem: "why" },
  },
  {
    name: "a mount that is missing",
    find: failing(new NetnsError(netns, "missing")),
    want: {
      problem:
        `the network namespace ${netns} does not exist in the agent's container: mount /run/netns of the host there`,
    },
  },
  {
    name: "processes of the host that are not seen",
    find: failing(new NetnsError("/proc/9/ns/net", "missing")),
    netNamespace: "/proc/9/ns/net",
    want: {
      problem:
        "the network namespace /proc/9/ns/net does not exist in the agent's container: give the Pod of the agent hostPID",
    },
  },
  {
    name: "a capability that is missing",
    find: failing(new SyscallError("setns", { errno: ERRNO.EPERM })),
    want: {
      problem: `entering the network namespace ${netns} is not permitted: give the agent the capability SYS_ADMIN`,
    },
  },
  {
    name: "a permission of Deno that is missing",
    find: failing(new Deno.errors.NotCapable("no")),
    want: { problem: "this agent runs without the permission to call libc (--allow-ffi)" },
  },
  {
    name: "anything else by its own words",
    find: failing(new NetnsError(netns, "notNetns")),
    want: { problem: `Cannot open netns ${netns}: it exists but is not a network namespace` },
  },
];
for (const { name, find, netNamespace = netns, want } of cases) {
  Deno.test(`hostMaster() tells ${name}`, async () => {
    assert.deepEqual(await hostMaster(() => Promise.resolve(find))({ ...args, netNamespace }), want);
  });
}

Deno.test("hostMaster() loads nothing before it is asked", () => {
  hostMaster(() => assert.fail("loaded"));
});
