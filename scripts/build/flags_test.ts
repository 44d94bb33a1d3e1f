import assert from "node:assert/strict";
import { executables } from "./executables.ts";
import { flagsOf } from "./flags.ts";
import { permissionFlags } from "./permissions.ts";

Deno.test("flagsOf() is the permissions where V8 is told nothing", () => {
  assert.deepEqual(flagsOf({ needs: { read: true } }, "2.9.6"), permissionFlags({ read: true }, "2.9.6"));
});

Deno.test("flagsOf() hands V8 its flags in one", () => {
  const flags = flagsOf({ needs: { read: true }, v8Flags: ["--a", "--b=1"] }, "2.9.6");
  assert.equal(flags.at(-1), "--v8-flags=--a,--b=1");
});

for (const executable of executables.filter(({ v8Flags }) => v8Flags !== undefined)) {
  Deno.test(`V8 of this Deno knows what ${executable.name} tells it`, async () => {
    const flag = flagsOf(executable, "2.9.6").at(-1) ?? "";
    const args = ["eval", flag, "1"];
    const { success, stderr } = await new Deno.Command(Deno.execPath(), { args, stderr: "piped" }).output();
    assert.ok(success, new TextDecoder().decode(stderr));
  });
}
