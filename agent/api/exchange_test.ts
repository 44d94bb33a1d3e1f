import assert from "node:assert/strict";
import { AgentUnreachableError, encodeRequest, unixExchange } from "./exchange.ts";

async function withListener(answer: string | undefined, use: (path: string) => Promise<void>): Promise<void> {
  const folder = Deno.makeTempDirSync();
  const listener = Deno.listen({ transport: "unix", path: `${folder}/s` });
  const served = listener.accept().then(async (conn) => {
    await conn.read(new Uint8Array(65536));
    if (answer === undefined) await conn.read(new Uint8Array(1)).catch(() => null); // silent until the caller goes
    else await writeAll(conn, new TextEncoder().encode(answer));
    conn.close();
  });
  try {
    await use(`${folder}/s`);
    await served;
  } finally {
    listener.close();
    Deno.removeSync(folder, { recursive: true });
  }
}

async function writeAll(conn: Deno.Conn, bytes: Uint8Array): Promise<void> {
  for (let sent = 0; sent < bytes.length;) sent += await conn.write(bytes.subarray(sent));
}

Deno.test("unixExchange() gives the answer", async () => {
  await withListener("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}", async (path) => {
    const { status, body } = await unixExchange(path, { timeoutMs: 10_000 })({ method: "GET", target: "/v1/x" });
    assert.deepEqual([status, new TextDecoder().decode(body)], [200, "{}"]);
  });
});

Deno.test("unixExchange() gives up on an agent that is silent", async () => {
  await withListener(undefined, async (path) => {
    const exchange = unixExchange(path, { timeoutMs: 20 });
    await assert.rejects(exchange({ method: "GET", target: "/" }), (err) => {
      assert.ok(err instanceof AgentUnreachableError);
      assert.equal(err.message, `Cannot ask the agent on ${path}: no answer within 20 ms`);
      return true;
    });
  });
});

Deno.test("unixExchange() says that nobody listens", async () => {
  const exchange = unixExchange("/nowhere/agent.sock", { timeoutMs: 10_000 });
  await assert.rejects(exchange({ method: "GET", target: "/" }), AgentUnreachableError);
});

Deno.test("unixExchange() refuses an answer without end", async () => {
  const endless = `HTTP/1.1 200 OK\r\n\r\n${"x".repeat(5 * 1024 * 1024)}`;
  await withListener(endless, async (path) => {
    const exchange = unixExchange(path, { timeoutMs: 10_000 });
    await assert.rejects(exchange({ method: "GET", target: "/" }), /longer than 4194304 bytes/);
  }).catch((err) => {
    if (!(err instanceof Deno.errors.BrokenPipe || err instanceof Deno.errors.ConnectionReset)) throw err; // it hung up
  });
});

Deno.test("encodeRequest() counts the body in bytes", () => {
  const text = new TextDecoder().decode(encodeRequest({ method: "DELETE", target: "/v1/ipam/ip", body: '"é"\n' }));
  assert.equal(
    text,
    "DELETE /v1/ipam/ip HTTP/1.1\r\nHost: \r\nAccept: application/json\r\nConnection: close\r\n" +
      'Content-Type: application/json\r\nContent-Length: 5\r\n\r\n"é"\n',
  );
});
