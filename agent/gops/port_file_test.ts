import assert from "node:assert/strict";
import { writePortFile } from "./port_file.ts";

async function withFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "gops-" });
  try {
    await use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("writePortFile() writes a file for its owner only, and takes it away", async () => {
  await withFolder(async (parent) => {
    const folder = `${parent}/a/gops`;
    const remove = await writePortFile(folder, { pid: 7, port: 5712 });
    assert.equal(await Deno.readTextFile(`${folder}/7`), "5712");
    assert.equal((await Deno.stat(`${folder}/7`)).mode! & 0o777, 0o600);
    assert.equal((await Deno.stat(folder)).mode! & 0o777, 0o700);
    await remove();
    await remove(); // somebody else was faster
    assert.deepEqual([...Deno.readDirSync(folder)], []);
  });
});

Deno.test("writePortFile() replaces what an earlier process left, and follows no link", async () => {
  await withFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/victim`, "untouched");
    await Deno.symlink(`${folder}/victim`, `${folder}/7`);
    await writePortFile(folder, { pid: 7, port: 1 });
    assert.equal(await Deno.readTextFile(`${folder}/victim`), "untouched");
    assert.equal((await Deno.lstat(`${folder}/7`)).isFile, true);
  });
});

Deno.test("writePortFile() fails where there can be no folder", async () => {
  await assert.rejects(writePortFile("/proc/nowhere", { pid: 7, port: 1 }));
});
