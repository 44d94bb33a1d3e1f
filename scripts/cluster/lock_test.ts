import assert from "node:assert/strict";
import { locked, lockHolder, LockInterruptedError, takeLock } from "./lock.ts";
import { readProcess } from "./processes.ts";
import { waitUntil } from "./wait.ts";

const locks = `1: POSIX  ADVISORY  WRITE 11 fe:00:100 0 EOF
2: FLOCK  ADVISORY  WRITE 12 fe:00:200 0 EOF
2: -> FLOCK  ADVISORY  WRITE 13 fe:00:200 0 EOF
3: FLOCK  ADVISORY  READ 14 00:2f:300 0 EOF
4: FLOCK  ADVISORY  WRITE -1 fe:00:400 0 EOF
`;

const cases = [
  { name: "the one who has it, not who waits", inode: 200, want: 12 },
  { name: "on any device", inode: 300, want: 14 },
  { name: "a lock of another sort", inode: 100, want: undefined },
  { name: "somebody of another PID namespace", inode: 400, want: undefined },
  { name: "nobody", inode: 2, want: undefined },
];

for (const { name, inode, want } of cases) {
  Deno.test(`lockHolder() finds ${name}`, () => {
    assert.equal(lockHolder(locks, inode), want);
  });
}

Deno.test("locked() runs one after the other, and says whom it waits for", async () => {
  await withLocked(async ({ path, release }) => {
    const said: string[] = [];
    const say = (line: string) => {
      said.push(line);
      release();
    };
    assert.equal(await locked(() => Promise.resolve(7), { say, path }), 7);
    assert.match(said[0] ?? "", new RegExp(`^waiting since 0\\.\\d s for process ${Deno.pid} \\(.*deno`));
  });
});

Deno.test("locked() can be interrupted while it waits", async () => {
  await withLocked(async ({ path }) => {
    const interruption = new AbortController();
    const { signal } = interruption;
    const waiting = locked(() => assert.fail("another one has it"), { say: () => interruption.abort(), signal, path });
    await assert.rejects(waiting, LockInterruptedError);
  });
});

Deno.test("takeLock() waits for a process that has the lock, and takes over when that is killed", async () => {
  const path = await Deno.makeTempFile();
  const holder = new Deno.Command("flock", { args: ["--no-fork", path, "sleep", "600"], stdin: "null" }).spawn();
  try {
    await waitUntil(() => readProcess(holder.pid)?.argv[0] === "sleep" ? undefined : "it is not there", {
      what: "see the process with the lock",
      timeoutMs: 30_000,
      everyMs: 5,
    });
    const said: string[] = [];
    const say = (line: string) => {
      said.push(line);
      holder.kill("SIGKILL");
    };
    using _lock = await takeLock({ say, path, work: "runs these tests here" });
    assert.match(said[0] ?? "", new RegExp(` for process ${holder.pid} \\(sleep 600\\), which runs these tests here$`));
  } finally {
    await holder.status;
    await Deno.remove(path);
  }
});

/** Calls `use` while somebody has the lock on `path`, until `release` at the latest. */
async function withLocked(use: (held: { path: string; release: () => void }) => Promise<void>): Promise<void> {
  const path = await Deno.makeTempFile();
  const has = Promise.withResolvers<void>();
  const end = Promise.withResolvers<void>();
  const action = () => {
    has.resolve();
    return end.promise;
  };
  const holder = locked(action, { say: () => assert.fail("it has no one to wait for"), path });
  try {
    await has.promise;
    await use({ path, release: end.resolve });
  } finally {
    end.resolve();
    await holder;
    await Deno.remove(path);
  }
}
