/** The real gops client and `go tool pprof`, built from Go modules, against this server. */
import assert from "node:assert/strict";
import { goProgram } from "../../tests/shared/go_program.ts";
import { firstReason, needsCommand, testUnless } from "../../tests/shared/skip.ts";
import { GopsServer } from "./gops_fixture.ts";
import { type Inspector, ownInspector } from "./inspector.ts";

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

/** How often a profiler sees the work: some 0.3 s of processor time, whatever else the machine does. */
const ROUNDS = 50;

/** Burns processor time. A generator, as its body is never inlined into its caller, whose name a profile would show then. */
function* burnForPprof(): Generator<void> {
  for (let i = 0, sum = 0; i < 2_000_000; i++) {
    sum += Math.sqrt(sum + i);
    if (i % 10_000 === 0) yield;
  }
}

const kept: unknown[] = [];
function* keepForPprof(): Generator<void> {
  for (let i = 0; i < 5000; i++) yield void kept.push({ i, text: `number ${i}` });
}

/** Serves with V8's own profilers, which see `work` again and again. */
async function profile(args: readonly string[], work: () => Iterable<void>): Promise<string> {
  const wait = async () => {
    for (let i = 0; i < ROUNDS; i++) {
      Array.from(work());
      await new Promise((resolve) => setTimeout(resolve));
    }
  };
  const inspector: Inspector = {
    ...ownInspector,
    cpuProfile: () => ownInspector.cpuProfile({ wait }),
    heapProfile: () => ownInspector.heapProfile({ wait }),
  };
  const executable = path; // any program will do: the profile names functions itself
  await using server = new GopsServer({ subject: { inspector, executable } });
  return await gops([...args, `127.0.0.1:${server.port}`], "top100\n");
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
