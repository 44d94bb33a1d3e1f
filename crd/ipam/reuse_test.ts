import assert from "node:assert/strict";
import { emptiedEndpoint, endpointFor } from "./endpoint.ts";
import { reuseOf } from "./reuse.ts";
import { listed, now, web, write } from "./endpoint_write_fixture.ts";

const stored = endpointFor(web, write(["eth0=v4a:10.1.0.10", "net1=v4b:10.2.0.10"]));
for (
  const { name, endpoint, query, want } of [
    { name: "no endpoint", endpoint: undefined, query: { podUid: "U1", nic: "eth0", fixed: false }, want: "none" },
    {
      name: "ipam row 69: same Pod, same NIC",
      endpoint: stored,
      query: { podUid: "U1", nic: "net1", fixed: false },
      want: "reusable",
    },
    {
      name: "same Pod, another NIC",
      endpoint: stored,
      query: { podUid: "U1", nic: "net2", fixed: false },
      want: "none",
    },
    {
      name: "ipam row 71: another incarnation",
      endpoint: stored,
      query: { podUid: "U2", nic: "eth0", fixed: false },
      want: "other-incarnation",
    },
    {
      name: "ipam row 74: fixed, another incarnation",
      endpoint: stored,
      query: { podUid: "U2", nic: "eth0", fixed: true },
      want: "reusable, reown",
    },
    { name: "fixed, another NIC", endpoint: stored, query: { podUid: "U2", nic: "net2", fixed: true }, want: "none" },
    {
      name: "ipam row 81: fixed, emptied",
      endpoint: emptiedEndpoint(stored, { now, maxHistory: 1 }),
      query: { podUid: "U2", nic: "eth0", fixed: true },
      want: "none",
    },
  ]
) {
  Deno.test(`reuseOf() finds: ${name}`, () => {
    const reuse = reuseOf(endpoint, query);
    assert.equal(reuse.kind === "reusable" && reuse.reown ? "reusable, reown" : reuse.kind, want);
    if (reuse.kind === "reusable") assert.deepEqual([reuse.results.length, reuse.changed], [2, false]);
  });
}

Deno.test("reuseOf() names the first entry that upstream left unnamed (ipam row 60)", () => {
  const unnamed = endpointFor(web, write(["eth0=v4a:10.1.0.10", "=v4b:10.2.0.10"], { nicOrder: ["eth0"] }));
  const reuse = reuseOf(unnamed, { podUid: "U1", nic: "net1", fixed: false });
  assert.ok(reuse.kind === "reusable" && reuse.changed);
  assert.deepEqual(listed(reuse.endpoint), ["eth0 10.1.0.10", "net1 10.2.0.10"]);
  assert.equal(unnamed.status?.current.ips[1]?.interface, "");
  const eth0 = reuseOf(unnamed, { podUid: "U1", nic: "eth0", fixed: false });
  assert.ok(eth0.kind === "reusable" && !eth0.changed);
});
