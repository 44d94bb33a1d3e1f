/** The table of the coordinator's configuration in spec/agent.md 8.7, row by row. */
import assert from "node:assert/strict";
import { coordinatorConfigModel, encodeBody } from "../api/mod.ts";
import type { SpiderCoordinator } from "../../crd/generated/mod.ts";
import { coordinatorConfigOf } from "./resolve.ts";

type Spec = SpiderCoordinator["spec"];

/** What the plugin is told, as JSON. */
function told(spec: Spec, { status = {}, annotations = {} }: Told = {}): Record<string, unknown> {
  const config = coordinatorConfigOf({
    apiVersion: "spiderpool.spidernet.io/v2beta1",
    kind: "SpiderCoordinator",
    metadata: { name: "default" },
    ...(spec && { spec }),
    status: { phase: "Synced", ...status },
  }, annotations);
  return JSON.parse(encodeBody(coordinatorConfigModel, config));
}

interface Told {
  readonly status?: { readonly overlayPodCIDR?: string[]; readonly serviceCIDR?: string[] };
  readonly annotations?: Readonly<Record<string, string>>;
}

const cidrs = ["10.160.0.0/16", "fd00::/64"];
const route = { dst: "10.9.0.0/16", gw: "10.1.0.1" };

/** Row, members with what they are told to be, where that is set; what is told where it is not: `undefined`, left out. */
const rows: readonly {
  readonly row: string;
  readonly set: Readonly<Record<string, unknown>>;
  readonly unset: unknown;
  readonly of: "spec" | "status";
}[] = [
  { row: "8.7.1", set: { mode: "underlay" }, unset: "auto", of: "spec" },
  { row: "8.7.2", set: { overlayPodCIDR: cidrs }, unset: [], of: "status" },
  { row: "8.7.3", set: { serviceCIDR: cidrs }, unset: [], of: "status" },
  { row: "8.7.4", set: { hijackCIDR: cidrs }, unset: null, of: "spec" },
  { row: "8.7.5", set: { policyRoutes: [route] }, unset: null, of: "spec" },
  { row: "8.7.6", set: { podMACPrefix: "0a:1b", vethLinkAddress: "169.254.1.1" }, unset: undefined, of: "spec" },
  { row: "8.7.7", set: { podDefaultRouteNIC: "net1" }, unset: undefined, of: "spec" },
  { row: "8.7.8", set: { tunePodRoutes: false }, unset: true, of: "spec" },
  {
    row: "8.7.9",
    set: { hostRuleTable: 600, podRPFilter: 2, txQueueLen: 2000, vethMTU: 9000 },
    unset: undefined,
    of: "spec",
  },
];
for (const { row, set, unset, of } of rows) {
  const members = Object.keys(set).join(", ");
  Deno.test(`agent row ${row}: ${members} of the coordinator's ${of}, and what is told without`, () => {
    const answer = of === "spec" ? told(set) : told({}, { status: set });
    const nothing = told({});
    for (const [member, value] of Object.entries(set)) {
      assert.deepEqual(answer[member], value, member);
      assert.deepEqual(nothing[member], unset, member);
      assert.equal(member in nothing, unset !== undefined, member);
    }
  });
}

Deno.test("agent row 8.7.7: podDefaultRouteNIC is the Pod's annotation where it has one", () => {
  const annotations = { "ipam.spidernet.io/default-route-nic": "eth0" };
  assert.equal(told({ podDefaultRouteNIC: "net1" }, { annotations }).podDefaultRouteNIC, "eth0");
});

Deno.test("agent row 8.7.9: numbers that are 0 are left out", () => {
  const answer = told({ hostRuleTable: 0, podRPFilter: 0, txQueueLen: 0, vethMTU: 0 });
  for (const member of ["hostRuleTable", "podRPFilter", "txQueueLen", "vethMTU"]) assert.ok(!(member in answer));
});
