import assert from "node:assert/strict";
import { CniCode, CniError } from "../cni/mod.ts";

/** For tests: `action` refuses a configuration, code 7, in words that match `message`. */
export function assertInvalid(action: () => unknown, message: RegExp): void {
  assert.throws(action, (err: unknown) => {
    assert.ok(err instanceof CniError, String(err));
    assert.match(err.message, message);
    assert.equal(err.code, CniCode.InvalidConfig);
    return true;
  });
}
