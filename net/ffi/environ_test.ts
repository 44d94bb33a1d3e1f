import assert from "node:assert/strict";

/** In a process of its own: variables are those of all threads, and of what these start. */
const changing = `
  import { environmentNames } from "${new URL("./environ.ts", import.meta.url)}";
  const names = { NAMES_TEST: "a=b=c", NAMES_TEST_EMPTY: "", NAMES_TEST_ÄÖ: "x".repeat(10_000) };
  const seen = () => [environmentNames().toSorted(), Object.keys(Deno.env.toObject()).toSorted()];
  const looks = [seen()];
  for (const [name, value] of Object.entries(names)) Deno.env.set(name, value);
  looks.push(seen());
  for (const name of Object.keys(names)) Deno.env.delete(name);
  looks.push(seen());
  console.log(JSON.stringify(looks));
`;

Deno.test("environmentNames() are those that Deno lists, and follow changes", async () => {
  const command = new Deno.Command(Deno.execPath(), { args: ["eval", changing], stderr: "inherit" });
  const looks: [string[], string[]][] = JSON.parse(new TextDecoder().decode((await command.output()).stdout));
  for (const [names, listed] of looks) assert.deepEqual(names, listed);
  const added = looks.map(([names]) => names.filter((name) => name.startsWith("NAMES_TEST")));
  assert.deepEqual(added, [[], ["NAMES_TEST", "NAMES_TEST_EMPTY", "NAMES_TEST_ÄÖ"], []]);
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
