import assert from "node:assert/strict";
import { FakeClock } from "../../net/base/fake_clock.ts";
import { fakeInspector, GopsServer, readAll } from "./gops_fixture.ts";
import { GOPS } from "./protocol.ts";

const answers: [name: string, request: number[], want: RegExp][] = [
  ["stack", [GOPS.STACK], /^0 under way\n$/],
  ["gc", [GOPS.GC], /^ok$/],
  ["memstats", [GOPS.MEMSTATS], /^alloc: .*\ntotal-alloc: [^]*\nnum-full-gc: 0\n[^]*space old_space: .* of /],
  ["version", [GOPS.VERSION], /^spiderpool-agent 1\.2\.3\n$/],
  ["stats", [GOPS.STATS], new RegExp(`^pid: ${Deno.pid}\nuptime: `)],
  [
    "setgc, with the number that its client sends",
    [GOPS.SET_GC, 100, ...new Array(9).fill(0)],
    /^Cannot set .* V8 has none/,
  ],
  ["binary", [GOPS.BINARY], /^import type \{ Clock \}[^]*\}\n$/], // the fixture itself stands for the program
  ["trace", [GOPS.TRACE], /^$/],
  ["a stranger's GET / HTTP/1.1", [...new TextEncoder().encode("GET / HTTP/1.1\r\n\r\n")], /^$/],
  ["a stranger's TLS", [0x16, 3, 1, 0, 5], /^$/],
];
for (const [name, request, want] of answers) {
  Deno.test(`agent 6: serveGops() answers ${name}`, async () => {
    await using server = new GopsServer();
    assert.match(await server.askText(...request), want);
  });
}

for (const [name, byte] of [["CPU", GOPS.CPU_PROFILE], ["heap", GOPS.HEAP_PROFILE]] as const) {
  Deno.test(`serveGops() answers a ${name} profile, compressed`, async () => {
    await using server = new GopsServer({ subject: { cpuProfileMs: 1, heapProfileMs: 1 } });
    const plain = new Blob([await server.ask(byte)]).stream().pipeThrough(new DecompressionStream("gzip"));
    const text = new TextDecoder("latin1").decode(await new Response(plain).arrayBuffer());
    assert.match(text, name === "CPU" ? /cpu[^]*nanoseconds[^]*work/ : /inuse_space[^]*bytes[^]*keep/);
  });
}

Deno.test("serveGops() shows running requests in its stack", async () => {
  await using server = new GopsServer();
  const end = Promise.withResolvers<void>();
  const running = server.waits.during({ kind: "request", what: "ADD", fields: { pod: "ns/a" } }, end.promise);
  assert.match(await server.askText(GOPS.STACK), /^1 under way\n\nrequest 1 \[ADD, .*\]: pod="ns\/a"\n$/);
  end.resolve();
  await running;
});

Deno.test("serveGops() takes one profile at a time, says so in the log, and goes on", async () => {
  const [begun, end] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  function collectGarbage(): Promise<void> {
    begun.resolve();
    return end.promise;
  }
  await using server = new GopsServer({
    subject: { inspector: { ...fakeInspector, collectGarbage }, cpuProfileMs: 1 },
  });
  const first = server.askText(GOPS.GC);
  await begun.promise;
  assert.equal((await server.ask(GOPS.CPU_PROFILE)).length, 0);
  assert.match(await server.askText(GOPS.VERSION), /spiderpool-agent/);
  end.resolve();
  assert.equal(await first, "ok");
  const refused = server.log.lines.find(({ line }) => line === "WARN cannot answer a gops command");
  assert.match(String(refused?.fields.err), /Cannot run pprof-cpu: gc runs/);
});

Deno.test("serveGops() logs why trace has no answer", async () => {
  await using server = new GopsServer();
  await server.ask(GOPS.TRACE);
  assert.match(String(server.log.lines[0]?.fields.err), /Cannot trace: Deno has no execution tracer/);
});

Deno.test("serveGops() says nothing when a profile cannot be taken, and logs why", async () => {
  const cpuProfile = () => Promise.reject(new Error("Cannot profile: no access"));
  await using server = new GopsServer({ subject: { inspector: { ...fakeInspector, cpuProfile } } });
  assert.equal((await server.ask(GOPS.CPU_PROFILE)).length, 0);
  assert.deepEqual(server.log.lines.map(({ line }) => line), ["WARN cannot answer a gops command"]);
});

Deno.test("serveGops() closes the ninth connection, and those that say nothing for ten seconds", async () => {
  const clock = new FakeClock();
  await using server = new GopsServer({ clock });
  const silent = await Promise.all(Array.from({ length: 8 }, () => server.connect()));
  while (clock.next() === undefined) await new Promise((resolve) => setTimeout(resolve, 1));
  using ninth = await server.connect();
  assert.equal((await readAll(ninth)).length, 0);
  await clock.run(10_000);
  for (const conn of silent) {
    assert.equal((await readAll(conn)).length, 0);
    conn.close();
  }
  let answer = "";
  while (answer === "") answer = await server.askText(GOPS.VERSION); // as soon as there is room again
  assert.match(answer, /spiderpool-agent/);
});

Deno.test("serveGops() ends with its signal, whoever is still connected", async () => {
  const server = new GopsServer();
  using conn = await server.connect();
  await server[Symbol.asyncDispose]();
  assert.equal((await readAll(conn)).length, 0);
});
