import assert from "node:assert/strict";
import { SyscallError } from "../ffi/mod.ts";
import { ERRNO, type ErrnoCode } from "../uapi/mod.ts";
import { setIfKnown } from "./socket_options.ts";

/** What is asked for, where the kernel refuses option 11 with `code`. */
function askedOf(code: ErrnoCode): number[] {
  const asked: number[] = [];
  setIfKnown([10, 11, 12], (option) => {
    asked.push(option);
    if (option === 11) throw new SyscallError("setsockopt", { errno: ERRNO[code] });
  });
  return asked;
}

for (const code of ["ENOPROTOOPT", "EINVAL"] as const) {
  Deno.test(`setIfKnown() goes on where an older kernel refuses an option with ${code}`, () => {
    assert.deepEqual(askedOf(code), [10, 11, 12]);
  });
}

Deno.test("setIfKnown() tells any other refusal", () => {
  assert.throws(() => askedOf("EPERM"), { name: "SyscallError", code: "EPERM" });
});
