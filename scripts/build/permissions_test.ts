import assert from "node:assert/strict";
import { compareVersions, type Needs, permissionFlags } from "./permissions.ts";

const cases: { name: string; needs: Needs; version: string; want: string[] }[] = [
  { name: "nothing", needs: {}, version: "2.9.6", want: [] },
  { name: "any path", needs: { read: true, write: true }, version: "2.9.6", want: ["--allow-read", "--allow-write"] },
  { name: "some paths", needs: { write: ["/run", "/x"] }, version: "2.7.11", want: ["--allow-write=/run,/x"] },
  { name: "variables", needs: { env: ["A", "B_*"] }, version: "2.7.11", want: ["--allow-env=A,B_*"] },
  { name: "unix sockets are files in 2.7", needs: { unixSockets: true }, version: "2.7.11", want: [] },
  { name: "unix sockets are net in 2.9", needs: { unixSockets: true }, version: "2.9.6", want: ["--allow-net"] },
  { name: "net is told once", needs: { net: true, unixSockets: true }, version: "2.9.6", want: ["--allow-net"] },
  { name: "umask is free in 2.8.0", needs: { umask: true }, version: "2.8.0", want: [] },
  { name: "umask is sys in 2.9", needs: { umask: true }, version: "2.9.0", want: ["--allow-sys"] },
  { name: "the inspector in 2.7", needs: { inspector: true }, version: "2.7.11", want: ["--allow-sys=inspector"] },
  {
    name: "the inspector is sys in 2.9", // which knows no name for it
    needs: { inspector: true, umask: true },
    version: "2.9.6",
    want: ["--allow-sys"],
  },
  { name: "libc", needs: { ffi: true }, version: "2.7.11", want: ["--allow-ffi"] },
  { name: "/proc is a path in 2.7", needs: { read: true, procNetns: true }, version: "2.7.11", want: ["--allow-read"] },
  { name: "/proc takes all in 2.9", needs: { read: true, procNetns: true }, version: "2.9.6", want: ["--allow-all"] },
];
for (const { name, needs, version, want } of cases) {
  const flags = want.includes("--allow-all") ? want : [...want, "--deny-import"];
  Deno.test(`permissionFlags(): ${name}`, () => assert.deepEqual(permissionFlags(needs, version), flags));
}

const orders: [string, string, number][] = [
  ["2.7.11", "2.8.0", -1],
  ["2.10.0", "2.9.6", 1],
  ["2.8.0", "2.8.0", 0],
  ["3.0.0-rc.1", "2.9.9", 1],
];
for (const [a, b, want] of orders) {
  Deno.test(`compareVersions() of ${a} and ${b}`, () => assert.equal(Math.sign(compareVersions(a, b)), want));
}
