/** The real gops client and `go tool pprof`, built from Go modules, against this server. */
import assert from "node:assert/strict";
import { goProgram } from "../../tests/shared/go_program.ts";
import { firstReason, needsCommand, testUnless } from "../../tests/shared/skip.ts";
import { GopsServer } from "./gops_fixture.ts";
import { ownInspector } from "./inspector.ts";

const { path = "", reason } = await goProgram("gops");

/** Runs the client. @returns all that it printed */
async function gops(args: readonly string[], stdin = ""): Promise<string> {
  const child = new Deno.Command(path, { args: [...args], stdin: "piped", stdout: "piped", stderr: "piped" }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(stdin));
  await writer.close();
  const { stdout, stderr } = await child.output();
  return new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
}

function burnForPprof(): void {
  let sum = 0;
  for (const endMs = performance.now() + 20; performance.now() < endMs;) {
    for (let i = 0; i < 10_000; i++) sum += Math.sqrt(sum + i);
  }
}

const kept: unknown[] = [];
function keepForPprof(): void {
  for (let i = 0; i < 5000; i++) kept.push({ i, text: `number ${i}` });
}

/** Serves with V8's own profilers, which see `work` again and again. */
async function profile(args: readonly string[], work: () => void): Promise<string> {
  const subject = {
    inspector: ownInspector,
    executable: path, // any program will do: the profile names functions itself
    cpuProfileMs: 500,
    heapProfileMs: 500,
  };
  await using server = new GopsServer({ subject });
  const timer = setInterval(work, 25);
  try {
    return await gops([...args, `127.0.0.1:${server.port}`], "top100\n");
  } finally {
    clearInterval(timer);
  }
}

const needsGo = firstReason(reason, needsCommand("go"));

testUnless(needsGo, {
  name: "promise 13: the CPU profile that the gops client fetches is read by go tool pprof",
  async fn() {
    const printed = await profile(["pprof-cpu"], burnForPprof);
    assert.match(printed, /Type: cpu\n/);
    assert.match(printed, /\d%.*burnForPprof/);
  },
});

testUnless(needsGo, {
  name: "promise 13: the heap profile that the gops client fetches is read by go tool pprof",
  async fn() {
    const printed = await profile(["pprof-heap"], keepForPprof);
    assert.match(printed, /Type: inuse_space\n/);
    assert.match(printed, /\d%.*keepForPprof/);
  },
});

testUnless(reason, {
  name: "promise 13: the gops client says that nothing was traced",
  async fn() {
    await using server = new GopsServer();
    assert.match(await gops(["trace", `127.0.0.1:${server.port}`]), /nothing has traced/);
  },
});
