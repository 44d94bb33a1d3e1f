/** Registers the worked scenarios of spec/ipam.md §17 as tests of {@linkcode planAdd}. */
import assert from "node:assert/strict";
import type { SpiderIPPool, SpiderIPPoolSpec } from "../generated/mod.ts";
import { planAdd } from "./plan.ts";
import { factsOf, planText, pool, type Scenario } from "./plan_fixture.ts";

/** Annotations of Multus. */
export const networks = "k8s.v1.cni.cncf.io/networks";
/** The one that names the network of eth0. */
export const defaultNetwork = "v1.multus-cni.io/default-network";

/** Pools that a Pod names: its IPv4 pool, and both of them. */
export const v4 = `{"ipv4":["v4a"]}`;
/** The same with a second one. */
export const both = `{"ipv4":["v4a","v4b"]}`;

/** A row that ends in a plan: one line per NIC and family. */
export interface PlannedRow {
  readonly row: string;
  readonly scenario: Scenario;
  readonly want: readonly string[];
}

/** A row that ends in a refusal: code, and what the message must hold. */
export interface RefusedRow {
  /** Such as `15: what is refused`; a section such as `5.1: …` where no row of §17 has that. */
  readonly row: string;
  readonly scenario: Scenario;
  readonly code: string;
  readonly says: readonly string[];
}

/** Registers a test for each row. */
export function testPlanned(rows: readonly PlannedRow[]): void {
  for (const { row, scenario, want } of rows) {
    Deno.test(`planAdd() plans ipam row ${row}`, () => assert.deepEqual(planText(scenario), want));
  }
}

/** Registers a test for each row. */
export function testRefused(rows: readonly RefusedRow[]): void {
  for (const { row, scenario, code, says } of rows) {
    Deno.test(`planAdd() refuses ipam ${/^\d+\./.test(row) ? "" : "row "}${row}`, () => {
      const plan = planAdd(factsOf(scenario));
      assert.ok(plan.kind === "refused");
      const { message } = plan.error;
      assert.equal(plan.error.code, code, message);
      for (const part of says) assert.ok(message.includes(part), message);
    });
  }
}

/** A pool that the controller created for `nic` of Deployment `ns1/web` from SpiderSubnet `s4`. */
export function autoPool(name: string, nic: string, spec: Partial<SpiderIPPoolSpec> = {}): SpiderIPPool {
  return pool(name, {
    ipVersion: 4,
    subnet: "10.3.0.0/24",
    podAffinity: {
      matchLabels: {
        "ipam.spidernet.io/app-api-group": "apps",
        "ipam.spidernet.io/app-api-version": "v1",
        "ipam.spidernet.io/app-kind": "Deployment",
        "ipam.spidernet.io/app-namespace": "ns1",
        "ipam.spidernet.io/app-name": "web",
      },
    },
    ...spec,
  }, {
    labels: {
      "ipam.spidernet.io/owner-spider-subnet": "s4",
      "ipam.spidernet.io/owner-application-gv": "apps_v1",
      "ipam.spidernet.io/owner-application-kind": "Deployment",
      "ipam.spidernet.io/owner-application-namespace": "ns1",
      "ipam.spidernet.io/owner-application-name": "web",
      "ipam.spidernet.io/owner-application-uid": "D1",
      "ipam.spidernet.io/interface": nic,
      "ipam.spidernet.io/ip-version": "IPv4",
    },
  });
}
