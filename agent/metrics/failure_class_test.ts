import assert from "node:assert/strict";
import { IpamError } from "../../crd/ipam/errors.ts";
import { DeadlineError } from "../../crd/ipam/requests.ts";
import { CancelledByDelError } from "../ipam/running_adds.ts";
import { failureClasses } from "./failure_class.ts";

const request = { podNamespace: "ns1", podName: "p", podUID: "u", containerID: "c", ifName: "eth0" };

const cases: readonly { name: string; err: unknown; isCancelled?: boolean; want: readonly string[] }[] = [
  { name: "no pool is left", err: new IpamError("no-ippool-available", "none"), want: ["noAvailablePool"] },
  { name: "a pool is not there", err: new IpamError("pool-not-found", "p"), want: ["noAvailablePool"] },
  { name: "an auto-created pool is missing", err: new IpamError("auto-pool-missing", "p"), want: ["noAvailablePool"] },
  { name: "a pool is full", err: new IpamError("ip-used-out", "p"), want: ["ipUsedOut"] },
  { name: "an annotation is wrong", err: new IpamError("wrong-input", "a"), want: ["wrongInput"] },
  { name: "the deadline passed", err: new IpamError("retries-exhausted", "late"), want: ["retriesExhausted"] },
  { name: "a pool's write came too late", err: new DeadlineError("v4"), want: ["retriesExhausted"] },
  { name: "an error nobody knows", err: new TypeError("bug"), want: ["internal"] },
  { name: "no error at all", err: "text", want: ["internal"] },
  {
    name: "an error and its cause are of two classes",
    err: new IpamError("ip-used-out", "p", { cause: new DeadlineError("v4") }),
    want: ["ipUsedOut", "retriesExhausted"],
  },
  {
    name: "the cause of an internal error counts",
    err: new Error("wrapped", { cause: new IpamError("wrong-input", "a") }),
    want: ["wrongInput"],
  },
  { name: "the caller hung up", err: new IpamError("ip-used-out", "p"), isCancelled: true, want: ["cancelled"] },
  { name: "a DEL came", err: new CancelledByDelError(request), want: ["cancelled"] },
];

/** Rows of spec/operations.md 1.3 by class; the others are this project's own. */
const rows: Readonly<Record<string, string>> = {
  internal: "1.3.4",
  noAvailablePool: "1.3.5",
  retriesExhausted: "1.3.6",
  ipUsedOut: "1.3.7",
};

function rowsOfClasses(classes: readonly string[]): string {
  const ids = classes.flatMap((name) => rows[name] ?? []);
  return ids.length === 0 ? "operations 1.3" : `operations rows ${ids.join(", ")}`;
}

for (const { name, err, isCancelled = false, want } of cases) {
  Deno.test(`${rowsOfClasses(want)}: failureClasses() when ${name}: ${want.join(", ")}`, () => {
    assert.deepEqual([...failureClasses(err, { isCancelled })], want);
  });
}

Deno.test("failureClasses() ends with causes that go in a circle", () => {
  const err = new Error("circle");
  err.cause = err;
  assert.deepEqual([...failureClasses(err, { isCancelled: false })], ["internal"]);
});
