import assert from "node:assert/strict";
import { FakeClock } from "../../net/base/fake_clock.ts";
import { keepingLog, readAll } from "./gops_fixture.ts";
import { GOPS } from "./protocol.ts";
import { startGops } from "./start.ts";

async function until(test: () => boolean): Promise<void> {
  while (!test()) await new Promise((resolve) => setTimeout(resolve, 1));
}

function loopbackListener(): Deno.TcpListener {
  return Deno.listen({ hostname: "127.0.0.1", port: 0 });
}

Deno.test("agent row 3.11: an empty SPIDERPOOL_GOPS_LISTEN_PORT switches diagnostics off", async () => {
  const [clock, log] = [new FakeClock(), keepingLog()];
  await using gops = startGops({ port: undefined, folder: "/nowhere", clock, log });
  const create = () => Promise.reject(new Error("unused"));
  assert.equal(gops.clock, clock);
  assert.equal(gops.traced(create), create);
  assert.deepEqual(log.lines, []);
});

Deno.test("agent row 6.4, operations row 2.3: diagnostics are on 127.0.0.1 only, and wait for a port that is taken", async () => {
  const folder = await Deno.makeTempDir({ prefix: "gops-" });
  const [clock, log] = [new FakeClock(), keepingLog()];
  const former = loopbackListener();
  const { port } = former.addr;
  {
    await using _gops = startGops({ port, folder, clock, log });
    for (let tries = 0; tries < 3; tries++) await clock.run(5000);
    former.close();
    await clock.run(5000);
    await until(() => log.lines.length === 2);
    assert.deepEqual(log.lines.map(({ line }) => line), [
      "WARN cannot serve gops yet: its port is taken",
      "INFO serves gops",
    ]);
    assert.equal(await Deno.readTextFile(`${folder}/${Deno.pid}`), String(port));
    await assert.rejects(Deno.connect({ hostname: "127.0.0.2", port }));
    using conn = await Deno.connect({ hostname: "127.0.0.1", port });
    await conn.write(new Uint8Array([GOPS.VERSION]));
    assert.match(new TextDecoder().decode(await readAll(conn)), /^spiderpool-agent .* deno /);
  }
  assert.deepEqual([...Deno.readDirSync(folder)], []);
  await Deno.remove(folder);
});

Deno.test("startGops() ends at once while its port is taken", async () => {
  using former = loopbackListener();
  const [clock, log] = [new FakeClock(), keepingLog()];
  await using _gops = startGops({ port: former.addr.port, folder: "/nowhere", clock, log });
});

Deno.test("startGops() serves without a port file where there can be none", async () => {
  const log = keepingLog();
  const free = loopbackListener();
  const { port } = free.addr;
  free.close();
  await using _gops = startGops({ port, folder: "/proc/nowhere", clock: new FakeClock(), log });
  await until(() => log.lines.length === 2);
  assert.match(log.lines[0]?.line ?? "", /^WARN cannot tell the gops client/);
  assert.equal(log.lines[1]?.line, "INFO serves gops");
});
