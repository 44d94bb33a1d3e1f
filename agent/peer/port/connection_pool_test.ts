import assert from "node:assert/strict";
import { FakeClock } from "../../../net/base/fake_clock.ts";
import { settableClock } from "../../../tests/shared/settable_clock.ts";
import { ConnectionPool } from "./connection_pool.ts";
import { portFixture, settled } from "./port_fixture.ts";

/** A pool of connections to a real port, on a clock that can be set. */
async function poolFixture() {
  const port = await portFixture();
  const time = new FakeClock(1_000_000);
  const { clock, set } = settableClock(time);
  const { certificate: { certificate } } = port;
  const pool = new ConnectionPool({ hostname: "127.0.0.1", port: port.port, certificate }, clock);
  return {
    pool,
    time,
    set,
    server: port.server,
    async [Symbol.asyncDispose]() {
      pool.close();
      await port[Symbol.asyncDispose]();
    },
  };
}

const HOUR = 3_600_000;
for (const { name, byMs } of [{ name: "forward", byMs: HOUR }, { name: "back", byMs: -HOUR }]) {
  Deno.test(`agent 12: clock set ${name} by an hour: an unused connection to a peer is kept for its 30 seconds`, async () => {
    await using world = await poolFixture();
    const { pool, time, set } = world;
    const connection = await pool.take();
    pool.give(connection);
    set(byMs);
    time.advance(29_999);
    assert.equal(pool.tidy(), true);
    assert.equal(connection.isClosed, false);
    time.advance(1);
    assert.equal(pool.tidy(), false);
    assert.equal(connection.isClosed, true);
  });
}

Deno.test("ConnectionPool uses one that was given back again, and counts each that is open once", async () => {
  await using world = await poolFixture();
  const { pool } = world;
  const [first, second] = [await pool.take(), await pool.take()];
  assert.equal(pool.open, 2);
  pool.give(first);
  assert.equal(await pool.take(), first);
  assert.equal(pool.open, 2);
  second.close();
  assert.equal(pool.open, 1);
  assert.equal(pool.tidy(), true, "one is in use");
});

Deno.test("ConnectionPool is needed as long as a connection is on its way", async () => {
  await using world = await poolFixture();
  const { pool } = world;
  const taken = pool.take();
  assert.equal(pool.tidy(), true);
  (await taken).close();
  assert.equal(pool.tidy(), false);
});

Deno.test("ConnectionPool counts none that the peer has closed", async () => {
  await using world = await poolFixture();
  const { pool, server } = world;
  pool.give(await pool.take());
  await server.stop(0);
  while (pool.open > 0) await settled();
  assert.equal(pool.tidy(), false);
});

Deno.test("ConnectionPool keeps none that is given back after it was closed", async () => {
  await using world = await poolFixture();
  const { pool } = world;
  const connection = await pool.take();
  pool.close();
  pool.give(connection);
  assert.deepEqual([connection.isClosed, pool.open], [true, 0]);
});
