import assert from "node:assert/strict";

Deno.test("countOpenFiles() sees each file that is opened and closed", async () => {
  const [before = 0, ...others] = JSON.parse(await outputOf(counting)); // in a process that does nothing else
  assert.ok(before >= 3, `${before} files`);
  assert.deepEqual(others, [before + 2, before]);
});

/** Tells how many files are open: before two are opened, then, and when they are closed again. */
const counting = `
  import { countOpenFiles } from "${new URL("./open_files.ts", import.meta.url)}";
  countOpenFiles(); // opens the library
  const counts = [countOpenFiles()];
  const files = [Deno.openSync("/dev/null"), Deno.openSync("/dev/null")];
  counts.push(countOpenFiles());
  for (const file of files) file.close();
  counts.push(countOpenFiles());
  console.log(JSON.stringify(counts));
`;

async function outputOf(code: string): Promise<string> {
  const command = new Deno.Command(Deno.execPath(), { args: ["eval", code], stderr: "inherit" });
  return new TextDecoder().decode((await command.output()).stdout);
}
