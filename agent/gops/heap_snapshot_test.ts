import assert from "node:assert/strict";
import { writeHeapSnapshot } from "./heap_snapshot.ts";

Deno.test("writeHeapSnapshot() replaces the one before, readable for its owner only", async () => {
  const folder = await Deno.makeTempDir({ prefix: "snapshot-" });
  try {
    const path = `${folder}/spiderpool-agent.heapsnapshot`;
    await Deno.writeTextFile(path, "old", { mode: 0o644 });
    await Deno.writeTextFile(`${path}.part`, "left by a crash", { mode: 0o644 });
    const written = await writeHeapSnapshot(folder);
    assert.equal(written.path, path);
    const { size, mode } = await Deno.stat(path);
    assert.equal(written.bytes, size);
    assert.equal(mode! & 0o777, 0o600);
    assert.deepEqual([...Deno.readDirSync(folder)].map(({ name }) => name), ["spiderpool-agent.heapsnapshot"]);
    const start = new Uint8Array(100);
    using file = await Deno.open(path);
    await file.read(start);
    assert.match(new TextDecoder().decode(start), /^\{"snapshot":\{"meta":/);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("writeHeapSnapshot() says where it could not write", async () => {
  await assert.rejects(
    writeHeapSnapshot("/proc"),
    /Cannot write heap snapshot \/proc\/spiderpool-agent\.heapsnapshot: /,
  );
});
