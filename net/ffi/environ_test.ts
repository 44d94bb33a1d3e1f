import assert from "node:assert/strict";
import { environmentNames } from "./environ.ts";

const names = {
  SPIDERPOOL_ENVIRON_TEST: "a=b=c",
  SPIDERPOOL_ENVIRON_TEST_EMPTY: "",
  SPIDERPOOL_ENVIRON_TEST_ÄÖ: "x".repeat(10_000),
};

Deno.test("environmentNames() are those that Deno lists, and follow changes", () => {
  assert.deepEqual(environmentNames().toSorted(), Object.keys(Deno.env.toObject()).toSorted());
  try {
    for (const [name, value] of Object.entries(names)) Deno.env.set(name, value);
    assert.deepEqual(environmentNames().toSorted(), Object.keys(Deno.env.toObject()).toSorted());
    assert.ok(Object.keys(names).every((name) => environmentNames().includes(name)));
  } finally {
    for (const name of Object.keys(names)) Deno.env.delete(name);
  }
  assert.deepEqual(environmentNames().filter((name) => Object.hasOwn(names, name)), []);
});

Deno.test("environmentNames() take FFI, and no permission to read variables", async () => {
  const module = new URL("environ.ts", import.meta.url).href;
  const code = `import { environmentNames } from ${JSON.stringify(module)}; console.log(environmentNames().join());`;
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-prompt", "--allow-ffi", `data:text/javascript,${encodeURIComponent(code)}`],
    env: { SPIDERPOOL_ENVIRON_TEST: "1" },
  }).output();
  assert.ok(success, new TextDecoder().decode(stderr));
  assert.ok(new TextDecoder().decode(stdout).split(",").includes("SPIDERPOOL_ENVIRON_TEST"));
});
