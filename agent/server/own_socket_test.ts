import assert from "node:assert/strict";
import { listenUnix } from "./unix_socket.ts";

function exists(path: string): boolean {
  try {
    return Deno.lstatSync(path).isSocket === true;
  } catch (err) {
    if (err instanceof Deno.errors.NotFound) return false;
    throw err;
  }
}

async function withFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = Deno.makeTempDirSync({ prefix: "own-" });
  try {
    await use(folder);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

Deno.test("OwnSocket takes its file away when it is closed, and nothing the second time", async () => {
  await withFolder(async (folder) => {
    const path = `${folder}/agent.sock`;
    const first = await listenUnix(path);
    first.close();
    assert.deepEqual([...Deno.readDirSync(folder)].map(({ name }) => name), ["agent.sock.lock"]);
    using _second = await listenUnix(path);
    first.close();
    assert.ok(Deno.lstatSync(path).isSocket);
  });
});

for (const isAccepting of [false, true]) {
  Deno.test(`OwnSocket leaves the socket that another agent put in its place, ${isAccepting ? "waiting" : "idle"}`, async () => {
    await withFolder(async (folder) => {
      const path = `${folder}/agent.sock`;
      const own = await listenUnix(path);
      if (isAccepting) void own.accept().catch(() => undefined);
      Deno.removeSync(path);
      using other = Deno.listen({ transport: "unix", path });
      own.close();
      while (!exists(path)) await new Promise((resolve) => setTimeout(resolve, 1));
      const accepted = other.accept();
      (await Deno.connect({ transport: "unix", path })).close();
      (await accepted).close();
    });
  });
}

Deno.test("OwnSocket closes where its file is gone", async () => {
  await withFolder(async (folder) => {
    const own = await listenUnix(`${folder}/agent.sock`);
    Deno.removeSync(`${folder}/agent.sock`);
    const accepting = own.accept();
    own.close();
    await assert.rejects(accepting);
  });
});
