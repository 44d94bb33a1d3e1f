import assert from "node:assert/strict";
import { memoryReport, stackReport, statsReport } from "./reports.ts";
import { Waits } from "./waits.ts";

Deno.test("stackReport() tells who waits, how long, and where it began", async () => {
  let nowMs = 0;
  const waits = new Waits(() => nowMs);
  const end = Promise.withResolvers<void>();
  const origin = new Error("here");
  origin.stack = "Error: here\n    at sleep (file:///a.ts:1:2)\n    at async add (file:///a.ts:3:4)";
  const running = [
    waits.during({ kind: "request", what: "ADD", fields: { pod: 'ns/a"b' } }, end.promise),
    waits.during({ kind: "timer", what: "sleep 1s", origin }, end.promise),
  ];
  nowMs = 2500;
  assert.equal(
    stackReport(waits.list()),
    `2 under way

request 1 [ADD, 2.5s]: pod="ns/a\\"b"

timer 2 [sleep 1s, 2.5s]:
\tat sleep (file:///a.ts:1:2)
\tat async add (file:///a.ts:3:4)
`,
  );
  end.resolve();
  await Promise.all(running);
  assert.equal(stackReport(waits.list()), "0 under way\n");
});

Deno.test("stackReport() spells out a bounded number of waits", () => {
  const wait = { kind: "api", what: "GET /x", id: 1, ageMs: 5 } as const;
  const lines = stackReport(new Array(1001).fill(wait)).split("\n\n");
  assert.equal(lines.length, 1 + 1000 + 1);
  assert.equal(lines.at(-1), "… and 1 more\n");
});

const heap = {
  total_heap_size: 4096,
  total_physical_size: 3072,
  used_heap_size: 1024,
  heap_size_limit: 1024 ** 3,
  malloced_memory: 10,
  number_of_native_contexts: 1,
  total_allocated_bytes: 8192,
};

Deno.test("memoryReport() has the keys of a Go program where they mean the same", () => {
  const spaces = [{ space_name: "old_space", space_size: 2048, space_used_size: 1024 }];
  const collections = { full: 3, forced: 1, lastAt: 0 };
  assert.equal(
    memoryReport({ rss: 5120, external: 7, heap, spaces, collections }),
    `alloc: 1.00KB (1024 bytes)
total-alloc: 8.00KB (8192 bytes)
sys: 5.00KB (5120 bytes)
heap-alloc: 1.00KB (1024 bytes)
heap-sys: 4.00KB (4096 bytes)
heap-idle: 3.00KB (3072 bytes)
heap-in-use: 3.00KB (3072 bytes)
heap-limit: 1.00GB (1073741824 bytes)
external: 7 bytes
malloced: 10 bytes
native-contexts: 1
num-full-gc: 3
num-forced-gc: 1
last-full-gc: 1970-01-01T00:00:00.000Z
space old_space: 1.00KB (1024 bytes) of 2.00KB (2048 bytes)
`,
  );
});

Deno.test("memoryReport() without a collection says so", () => {
  const collections = { full: 0, forced: 0, lastAt: undefined };
  assert.match(memoryReport({ rss: 0, external: 0, heap, spaces: [], collections }), /^last-full-gc: -$/m);
});

Deno.test("statsReport() tells what the process is busy with", () => {
  const waits = { request: 1, api: 2, timer: 3 };
  assert.equal(
    statsReport({ waits, cpus: 4, uptimeMs: 61_000, pid: 7, cpuMs: 1500 }),
    "pid: 7\nuptime: 1m1s\ncpu time: 1.5s\nnum CPU: 4\nrequests of plugins: 1\nrequests to the API server: 2\ntimers: 3\n",
  );
});
