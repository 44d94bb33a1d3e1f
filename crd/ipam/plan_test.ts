import assert from "node:assert/strict";
import { planAdd } from "./plan.ts";
import { factsOf, v4a, v4b, v6a } from "./plan_fixture.ts";
import { v4 } from "./plan_rows_fixture.ts";

Deno.test("planAdd() tells why each pool of a plan is left aside", () => {
  const plan = planAdd(
    factsOf({ pod: { ippool: `{"ipv4":["v4*","v6a"]}` }, pools: [v4a({ disable: true }), v4b(), v6a()] }),
  );
  assert.ok(plan.kind === "plan");
  assert.deepEqual(plan.families[0]?.unused, [
    { pool: "v4a", nic: "eth0", family: 4, reason: { code: "disabled" } },
    { pool: "v6a", nic: "eth0", family: 4, reason: { code: "family", want: 4, have: 6 } },
  ]);
});

Deno.test("planAdd() notes what it leaves aside", () => {
  const plan = planAdd(factsOf({
    pod: { ippool: `{"ipv4":["zz*","v4a"],"ipv6":["v6a"]}` },
    features: { enableIPv6: false },
  }));
  assert.ok(plan.kind === "plan");
  assert.deepEqual(plan.notes, [
    { code: "pattern-unmatched", nic: "eth0", family: 4, pattern: "zz*" },
    { code: "family-disabled", nic: "eth0", family: 6, names: ["v6a"] },
  ]);
});

Deno.test("planAdd() ignores default-route-nic (ipam row 68)", () => {
  const scenario = { pod: { ippool: v4 } };
  const plan = planAdd(factsOf({ pod: { ...scenario.pod, "default-route-nic": "net1" } }));
  assert.ok(plan.kind === "plan");
  assert.deepEqual(plan, planAdd(factsOf(scenario)));
});
