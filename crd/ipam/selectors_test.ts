import assert from "node:assert/strict";
import type { LabelSelector } from "../generated/mod.ts";
import { selectorMismatch } from "./selectors.ts";

const labels = { zone: "a", tier: "" };

function expression(operator: string, key: string, ...values: string[]): LabelSelector {
  return { matchExpressions: [values.length === 0 ? { key, operator } : { key, operator, values }] };
}

const matching: { name: string; selector: LabelSelector }[] = [
  { name: "{}", selector: {} },
  { name: "empty parts", selector: { matchLabels: {}, matchExpressions: [] } },
  { name: "label", selector: { matchLabels: { zone: "a" } } },
  { name: "label with empty value", selector: { matchLabels: { tier: "" } } },
  { name: "In", selector: expression("In", "zone", "b", "a") },
  { name: "NotIn", selector: expression("NotIn", "zone", "b") },
  { name: "NotIn of a missing label", selector: expression("NotIn", "rack", "b") },
  { name: "Exists", selector: expression("Exists", "tier") },
  { name: "DoesNotExist", selector: expression("DoesNotExist", "rack") },
];
for (const { name, selector } of matching) {
  Deno.test(`selectorMismatch() matches: ${name}`, () => assert.equal(selectorMismatch(selector, labels), undefined));
}

const differing: { name: string; selector: LabelSelector; want: string }[] = [
  { name: "label", selector: { matchLabels: { zone: "b" } }, want: 'it needs zone=b, zone is "a"' },
  { name: "missing label", selector: { matchLabels: { rack: "" } }, want: "it needs rack=, there is no rack" },
  {
    name: "inherited name",
    selector: expression("Exists", "toString"),
    want: "it needs toString Exists, there is no toString",
  },
  { name: "In", selector: expression("In", "zone", "b", "c"), want: 'it needs zone In (b, c), zone is "a"' },
  {
    name: "In of a missing label",
    selector: expression("In", "rack", "b"),
    want: "it needs rack In (b), there is no rack",
  },
  { name: "NotIn", selector: expression("NotIn", "zone", "a"), want: 'it needs zone NotIn (a), zone is "a"' },
  { name: "Exists", selector: expression("Exists", "rack"), want: "it needs rack Exists, there is no rack" },
  {
    name: "DoesNotExist",
    selector: expression("DoesNotExist", "zone"),
    want: 'it needs zone DoesNotExist, zone is "a"',
  },
  { name: "In without values", selector: expression("In", "zone"), want: "zone In needs values" },
  { name: "NotIn without values", selector: expression("NotIn", "zone"), want: "zone NotIn needs values" },
  { name: "Exists with values", selector: expression("Exists", "zone", "a"), want: "zone Exists takes no values" },
  {
    name: "DoesNotExist with values",
    selector: expression("DoesNotExist", "x", "a"),
    want: "x DoesNotExist takes no values",
  },
  { name: "unknown operator", selector: expression("in", "zone", "a"), want: 'operator "in" is unknown' },
  {
    name: "all parts count",
    selector: { matchLabels: { zone: "a" }, ...expression("Exists", "rack") },
    want: "it needs rack Exists, there is no rack",
  },
];
for (const { name, selector, want } of differing) {
  Deno.test(`selectorMismatch() says: ${name}`, () => assert.equal(selectorMismatch(selector, labels), want));
}
