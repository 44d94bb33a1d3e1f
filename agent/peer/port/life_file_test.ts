import assert from "node:assert/strict";
import { lifeFile } from "./life_file.ts";

async function inFolder(task: (path: string) => void): Promise<void> {
  const dir = await Deno.makeTempDir();
  try {
    task(`${dir}/peer-life`);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

Deno.test("lifeFile() keeps what was noted for the next process, until something else is", () =>
  inFolder((path) => {
    assert.equal(lifeFile(path).read(), undefined);
    lifeFile(path).write(7_999.5);
    assert.equal(lifeFile(path).read(), 8_000);
    lifeFile(path).write(2_000);
    assert.equal(lifeFile(path).read(), 2_000);
  }));

for (const text of ["", "soon", "-1", "NaN", "1e99", "999999999", "9".repeat(1000)]) {
  Deno.test(`lifeFile() takes ${JSON.stringify(text.slice(0, 12))} for the longest there can be`, () =>
    inFolder((path) => {
      Deno.writeTextFileSync(path, text);
      assert.equal(lifeFile(path).read(), 80_000);
    }));
}

Deno.test("lifeFile() takes what it cannot read for the longest there can be", () =>
  inFolder((path) => {
    Deno.mkdirSync(path);
    assert.equal(lifeFile(path).read(), 80_000);
  }));

Deno.test("lifeFile() keeps what is noted since the node was started", () =>
  inFolder((path) => {
    const keptMs = lifeFile(path).keptMs?.() ?? 0;
    const upMs = 1000 * Number(Deno.readTextFileSync("/proc/uptime").split(" ")[0]);
    assert.ok(keptMs > 0 && keptMs <= upMs + 1000, `${keptMs} of ${upMs} ms`);
  }));

Deno.test("lifeFile() throws where nothing can be written", () =>
  inFolder((path) => assert.throws(() => lifeFile(`${path}/no/such`).write(1), Deno.errors.NotFound)));
