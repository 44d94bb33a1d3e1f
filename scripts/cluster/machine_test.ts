import assert from "node:assert/strict";
import { machineOf } from "./machine.ts";

const script = "/src/scripts/cluster/machine_init.sh";
const machine = { name: "spcl-ctl", folder: "/src/.cache/cluster/spcl/ctl" };
const guard = ["unshare", "--pid", "--fork"];

const cases = [
  { name: "first process", argv: ["sh", script, machine.name, machine.folder, "ctl"], want: machine },
  { name: "guard", argv: [...guard, "sh", script, machine.name, machine.folder, "ctl"], want: machine },
  { name: "someone who reads the script", argv: ["less", script, "more", "files"], want: undefined },
  { name: "a script of another name", argv: ["sh", "/src/init.sh", "a", "b"], want: undefined },
  { name: "no arguments", argv: ["sh", script], want: undefined },
  { name: "nothing", argv: [], want: undefined },
];

for (const { name, argv, want } of cases) {
  Deno.test(`machineOf() of ${name}`, () => assert.deepEqual(machineOf({ argv }), want));
}
