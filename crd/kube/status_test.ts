import assert from "node:assert/strict";
import type { KubeMethod } from "./contract.ts";
import { apiErrorOfAnswer, apiErrorOfEvent, parseRetryAfter } from "./status.ts";

interface Case {
  name: string;
  status: number;
  method?: KubeMethod;
  text: string;
  headers?: Record<string, string>;
  want: Record<string, unknown>;
}

const details = { name: "p", kind: "spiderippools", retryAfterSeconds: 3 };
const cases: Case[] = [
  {
    name: "a whole Status",
    status: 409,
    text: JSON.stringify({ kind: "Status", code: 409, reason: "Conflict", message: "modified", details }),
    want: { status: 409, reason: "Conflict", kind: "spiderippools", resourceName: "p", retryAfterMs: 3000, details },
  },
  {
    name: "the header goes before the details",
    status: 429,
    text: JSON.stringify({ kind: "Status", reason: "TooManyRequests", message: "slow down", details }),
    headers: { "retry-after": "1" },
    want: { reason: "TooManyRequests", retryAfterMs: 1000 },
  },
  { name: "409 of a POST without Status", status: 409, method: "POST", text: "", want: { reason: "AlreadyExists" } },
  { name: "409 of a PUT without Status", status: 409, text: "", want: { reason: "Conflict" } },
  {
    name: "a proxy's page",
    status: 502,
    text: "<html>\n  Bad   Gateway</html>",
    want: { reason: "Unknown", serverMessage: "<html> Bad Gateway</html>", retryAfterMs: undefined },
  },
  {
    name: "an empty body",
    status: 404,
    text: "",
    want: { reason: "NotFound", serverMessage: "the server gave no message" },
  },
  {
    name: "a Status with fields of wrong types",
    status: 403,
    text: JSON.stringify({ kind: "Status", reason: 7, message: {}, details: "x" }),
    want: { reason: "Forbidden", kind: undefined, details: undefined },
  },
  {
    name: "another object",
    status: 500,
    text: JSON.stringify({ kind: "Pod", reason: "Evicted" }),
    want: { reason: "InternalError" },
  },
];
for (const { name, status, method = "PUT", text, headers = {}, want } of cases) {
  Deno.test(`apiErrorOfAnswer() reads ${name}`, () => {
    const err = apiErrorOfAnswer({ status, method, text, headers: new Headers(headers), request: "PUT /x" });
    const got = Object.fromEntries(Object.keys(want).map((field) => [field, err[field as keyof typeof err]]));
    assert.deepEqual(got, want);
  });
}

Deno.test("apiErrorOfAnswer() quotes at most 200 characters", () => {
  const facts = { status: 500, method: "GET", headers: new Headers(), request: "GET /x" } as const;
  assert.equal(apiErrorOfAnswer({ ...facts, text: "x".repeat(5000) }).serverMessage.length, 201);
});

Deno.test("apiErrorOfEvent() reads the Status of an ERROR event, and copes without", () => {
  const told = apiErrorOfEvent({ kind: "Status", code: 410, reason: "Expired", message: "too old" }, "WATCH /x");
  assert.deepEqual([told.status, told.reason, told.message], [410, "Expired", "Cannot WATCH /x: 410 Expired: too old"]);
  assert.equal(apiErrorOfEvent(null, "WATCH /x").status, 500);
});

const retryAfter: [string | null, number | undefined][] = [
  [null, undefined],
  ["0", 0],
  ["7", 7000],
  ["-1", undefined],
  ["1.5", undefined],
  ["99999999999", undefined],
  ["Wed, 21 Oct 2026 07:28:00 GMT", undefined],
];
for (const [header, want] of retryAfter) {
  Deno.test(`parseRetryAfter(${header}) is ${want}`, () => assert.equal(parseRetryAfter(header), want));
}
