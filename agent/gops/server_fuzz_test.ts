import assert from "node:assert/strict";
import { below, fuzz, some } from "../../tests/shared/fuzz.ts";
import { GopsServer } from "./gops_fixture.ts";
import { GOPS } from "./protocol.ts";

Deno.test("serveGops() survives whatever a stranger sends, whole or cut off", async () => {
  await using server = new GopsServer({ subject: { cpuProfileMs: 1, heapProfileMs: 1 } });
  await fuzz(
    (random) => ({
      bytes: some(random, 40, (random) => below(random, 256)),
      isRude: random() < 0.5,
    }),
    async ({ bytes, isRude }) => {
      using conn = await server.connect();
      await conn.write(new Uint8Array(bytes));
      if (!isRude) await conn.closeWrite();
    },
    { runs: 500 },
  );
  let answer = "";
  while (answer === "") answer = await server.askText(GOPS.VERSION); // the last strangers may still take all the room
  assert.match(answer, /spiderpool-agent/);
});
