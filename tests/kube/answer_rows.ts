/** Tests of one request each, as a table. */
import assert from "node:assert/strict";
import { arrayOr, objectOr } from "../apiserver/json.ts";
import { type ApiUnderTest, testApi } from "./api_under_test.ts";
import { type Call, call, jsonCall, pick } from "./call.ts";
import { pool, poolPath, poolsPath } from "./objects.ts";

/** A request about pool `a`, which is there, or `b`, which is not, and what is answered. */
export interface AnswerRow {
  readonly name: string;
  readonly call: (api: ApiUnderTest) => Call;
  readonly status: number;
  /** `undefined`: it is not compared. */
  readonly reason?: string;
  /** What other parts of the answer are, by their paths; `undefined`: absent. */
  readonly rest?: Readonly<Record<string, unknown>>;
  /** Reason and field of all causes, sorted and each once: the real server has them in any order, some twice. */
  readonly causes?: readonly string[];
}

/** Registers a test per row. */
export function testAnswers(rows: readonly AnswerRow[]): void {
  for (const { name, call: request, status, reason, rest = {}, causes } of rows) {
    testApi(name, async (api) => {
      await jsonCall(api.transport, { method: "POST", path: poolsPath, body: pool(api, "a") });
      const answer = await call(api.transport, request(api));
      assert.equal(answer.status, status, JSON.stringify(answer.json));
      if (reason !== undefined) assert.equal(pick(answer.json, "reason"), reason);
      for (const [path, want] of Object.entries(rest)) assert.deepEqual(pick(answer.json, path), want, path);
      if (causes === undefined) return;
      const got = arrayOr(pick(answer.json, "details.causes")).map(objectOr);
      assert.deepEqual([...new Set(got.map((cause) => `${cause.reason} ${cause.field}`))].sort(), causes);
    });
  }
}

/** The call of a row that creates pool `b` with `fields` beside the usual ones. */
export function creating(fields: Readonly<Record<string, unknown>>): AnswerRow["call"] {
  return (api) => ({ method: "POST", path: poolsPath, body: pool(api, "b", fields) });
}

/** The call of a row that applies pool `name` with `fields` beside the usual ones, as manager `one`. */
export function applying(name: string, fields: Readonly<Record<string, unknown>>): AnswerRow["call"] {
  return (api) => ({
    method: "PATCH",
    path: poolPath(api, name),
    contentType: "application/apply-patch+yaml",
    query: { fieldManager: "one" },
    body: pool(api, name, fields),
  });
}

/** The call of a row that merges `body` into pool `name`. */
export function merging(name: string, body: unknown): AnswerRow["call"] {
  return (api) => ({ method: "PATCH", path: poolPath(api, name), contentType: "application/merge-patch+json", body });
}

/** The call of a row that sends operations of JSON patch for pool `name`. */
export function editing(name: string, body: unknown): AnswerRow["call"] {
  return (api) => ({ method: "PATCH", path: poolPath(api, name), contentType: "application/json-patch+json", body });
}
