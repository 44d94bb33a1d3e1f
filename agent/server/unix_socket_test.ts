import assert from "node:assert/strict";
import { listenUnix, SocketInUseError } from "./unix_socket.ts";

async function withFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = Deno.makeTempDirSync({ prefix: "socket-" });
  try {
    await use(folder);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

Deno.test("agent row 6.1: listenUnix() makes the folder, and a socket for its owner alone", async () => {
  await withFolder(async (folder) => {
    const path = `${folder}/a/b/agent.sock`;
    const before = Deno.umask();
    using listener = await listenUnix(path);
    assert.deepEqual(listener.addr, { transport: "unix", path });
    assert.equal((Deno.statSync(path).mode ?? 0) & 0o777, 0o600);
    assert.equal(Deno.umask(), before);
  });
});

Deno.test("listenUnix() replaces the socket of a process that died", async () => {
  await withFolder(async (folder) => {
    const path = `${folder}/agent.sock`;
    const code = `Deno.listen({ transport: "unix", path: ${JSON.stringify(path)} }); Deno.kill(Deno.pid, "SIGKILL");`;
    await new Deno.Command(Deno.execPath(), { args: ["eval", code] }).output();
    assert.ok(Deno.lstatSync(path).isSocket);
    using listener = await listenUnix(path);
    assert.equal(listener.addr.path, path);
  });
});

Deno.test("listenUnix() leaves a live agent alone", async () => {
  await withFolder(async (folder) => {
    const path = `${folder}/agent.sock`;
    using _first = await listenUnix(path);
    await assert.rejects(listenUnix(path), SocketInUseError);
    assert.ok(Deno.lstatSync(path).isSocket);
  });
});

Deno.test("listenUnix() of two at once lets one through", async () => {
  await withFolder(async (folder) => {
    const path = `${folder}/agent.sock`;
    const outcomes = await Promise.allSettled([listenUnix(path), listenUnix(path)]);
    assert.deepEqual(outcomes.map(({ status }) => status).sort(), ["fulfilled", "rejected"]);
    for (const outcome of outcomes) if (outcome.status === "fulfilled") outcome.value.close();
  });
});

Deno.test("listenUnix() does not remove what is no socket", async () => {
  await withFolder(async (folder) => {
    const path = `${folder}/agent.sock`;
    Deno.writeTextFileSync(path, "mine");
    await assert.rejects(listenUnix(path), {
      message: `Cannot listen on ${path}: it exists and is no socket; remove it`,
    });
    assert.equal(Deno.readTextFileSync(path), "mine");
  });
});
