import assert from "node:assert/strict";
import { netnsPath } from "./named_netns.ts";
import { readSysctl, tryWriteSysctl, writeSysctl } from "./sysctl.ts";

Deno.test("readSysctl() reads without the line end", () => {
  assert.equal(readSysctl("kernel/ostype"), "Linux");
});

Deno.test("a setting that is not there is undefined, false, or ENOENT", () => {
  const key = "net/ipv4/conf/no-such-link/rp_filter";
  assert.equal(readSysctl(key), undefined);
  assert.equal(tryWriteSysctl(key, 1), false);
  assert.throws(() => writeSysctl(key, 1), { name: "SyscallError", code: "ENOENT", target: `/proc/sys/${key}` });
});

for (const bad of ["", "/net", "net//x", "net/../kernel/ostype", "net/", "."]) {
  Deno.test(`sysctl key ${JSON.stringify(bad)} is refused`, () => {
    assert.throws(() => readSysctl(bad), RangeError);
  });
}

for (const bad of ["", ".", "..", "a/b", "a\0b", "x".repeat(256)]) {
  Deno.test(`netns name ${JSON.stringify(bad.slice(0, 8))} is refused`, () => {
    assert.throws(() => netnsPath(bad), RangeError);
  });
}
