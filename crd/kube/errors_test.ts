import assert from "node:assert/strict";
import {
  isAlreadyExists,
  isConflict,
  isGone,
  isNotFound,
  isOutcomeUnknown,
  isTooManyRequests,
  KubeApiError,
  KubeConnectionError,
  KubeResponseError,
  KubeTimeoutError,
} from "./errors.ts";

function apiError(status: number, reason = "Test"): KubeApiError {
  return new KubeApiError({ status, reason, message: "no", request: "PUT /x" });
}

const kinds = { isAlreadyExists, isConflict, isGone, isNotFound, isTooManyRequests };
const classified: { name: string; err: unknown; want: (keyof typeof kinds)[] }[] = [
  { name: "404", err: apiError(404, "NotFound"), want: ["isNotFound"] },
  { name: "409 Conflict", err: apiError(409, "Conflict"), want: ["isConflict"] },
  { name: "409 AlreadyExists", err: apiError(409, "AlreadyExists"), want: ["isAlreadyExists"] },
  { name: "410 Gone", err: apiError(410, "Gone"), want: ["isGone"] },
  { name: "410 Expired", err: apiError(410, "Expired"), want: ["isGone"] },
  { name: "Expired of another status", err: apiError(500, "Expired"), want: ["isGone"] },
  { name: "429", err: apiError(429, "TooManyRequests"), want: ["isTooManyRequests"] },
  { name: "500", err: apiError(500, "InternalError"), want: [] },
  { name: "an error of another class with status 404", err: Object.assign(new Error(), { status: 404 }), want: [] },
  { name: "undefined", err: undefined, want: [] },
];
for (const { name, err, want } of classified) {
  Deno.test(`predicates of errors: ${name}`, () => {
    const got = Object.entries(kinds).filter(([, is]) => is(err)).map(([kind]) => kind);
    assert.deepEqual(got, want);
  });
}

const outcomes = [
  ...[400, 401, 403, 404, 405, 409, 410, 413, 415, 422, 429].map((status) => ({
    err: apiError(status),
    unknown: false,
  })),
  ...[307, 408, 499, 500, 502, 503, 504].map((status) => ({ err: apiError(status), unknown: true })),
  { err: new KubeConnectionError("PUT /x"), unknown: true },
  { err: new KubeTimeoutError("PUT /x", 5), unknown: true },
  { err: new KubeResponseError("PUT /x", "it is not JSON"), unknown: true },
  { err: new DOMException("aborted", "AbortError"), unknown: true },
  { err: new Error("a caller's own reason"), unknown: true },
  { err: "not even an error", unknown: true },
];
for (const { err, unknown } of outcomes) {
  Deno.test(`isOutcomeUnknown() of ${err} is ${unknown}`, () => assert.equal(isOutcomeUnknown(err), unknown));
}

Deno.test("errors say what was asked, what happened, and keep the cause", () => {
  const cause = new TypeError("connection refused");
  const refused = new KubeConnectionError("GET /api/v1/pods", { cause });
  assert.equal(refused.message, "Cannot GET /api/v1/pods: the connection to the API server failed: connection refused");
  assert.equal(refused.cause, cause);
  assert.equal(apiError(409, "Conflict").message, "Cannot PUT /x: 409 Conflict: no");
  const late = new KubeTimeoutError("GET /api/v1/pods", 15);
  assert.equal(late.message, "Cannot GET /api/v1/pods: no answer from the API server within 15 ms");
});
