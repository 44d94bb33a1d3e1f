import assert from "node:assert/strict";
import { seededRandom } from "../../net/base/random.ts";
import { type Fault, type FaultRequest, faultRules } from "./faults.ts";

const fault: Fault = { answer: { status: 503 } };

function request(changes: Partial<FaultRequest> = {}): FaultRequest {
  return {
    client: "agent-1",
    verb: "update",
    group: "spiderpool.spidernet.io",
    resource: "spiderippools",
    subresource: "status",
    namespace: "",
    name: "p",
    ...changes,
  };
}

const matches = [
  { name: "no matcher", rule: {}, want: true },
  { name: "verb", rule: { verb: "update" as const }, want: true },
  { name: "one of several verbs", rule: { verb: ["get", "update"] as const }, want: true },
  { name: "another verb", rule: { verb: "get" as const }, want: false },
  { name: "resource and subresource", rule: { resource: "spiderippools", subresource: "status" }, want: true },
  { name: "the object itself only", rule: { subresource: "" }, want: false },
  { name: "another name", rule: { name: "q" }, want: false },
  { name: "another client", rule: { client: "agent-2" }, want: false },
];
for (const { name, rule, want } of matches) {
  Deno.test(`faultRules() matches: ${name}`, () => {
    assert.equal(faultRules([{ ...rule, fault }], seededRandom(1))(request()) !== undefined, want);
  });
}

Deno.test("faultRules() skips first and ends after its count", () => {
  const decide = faultRules([{ skip: 2, count: 3, fault }], seededRandom(1));
  const faults = Array.from({ length: 7 }, () => decide(request()) !== undefined);
  assert.deepEqual(faults, [false, false, true, true, true, false, false]);
});

Deno.test("faultRules() counts matching requests only", () => {
  const decide = faultRules([{ verb: "update", skip: 1, fault }], seededRandom(1));
  decide(request({ verb: "get" }));
  assert.equal(decide(request()), undefined);
  assert.equal(decide(request()), fault);
});

Deno.test("faultRules() takes the first rule whose chance comes up", () => {
  const other: Fault = { lose: "after" };
  const decide = faultRules([{ probability: 0.3, fault }, { fault: other }], seededRandom(7));
  const first = Array.from({ length: 1000 }, () => decide(request())).filter((got) => got === fault).length;
  assert.ok(first > 250 && first < 350, String(first));
});

for (const rule of [{ probability: 1.5 }, { probability: -1 }, { count: -1 }, { skip: NaN }]) {
  Deno.test(`faultRules() refuses ${Object.entries(rule).join()}`, () => {
    assert.throws(() => faultRules([{ ...rule, fault }], seededRandom(1)), RangeError);
  });
}
