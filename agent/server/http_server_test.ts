import assert from "node:assert/strict";
import { systemClock } from "../../net/base/clock.ts";
import { FakeClock } from "../../net/base/fake_clock.ts";
import { silentLog } from "../../net/base/log.ts";
import type { HttpHandler, HttpResponse } from "./http.ts";
import { type HttpServer, type HttpServerOptions, serveHttp } from "./http_server.ts";
import { listenUnix } from "./unix_socket.ts";

/** A server on a socket of its own, and how to reach it. */
class TestServer implements AsyncDisposable {
  readonly #folder = Deno.makeTempDirSync({ prefix: "http-" });
  #server: HttpServer | undefined;

  async start(handler: HttpHandler, options: Partial<HttpServerOptions> = {}): Promise<HttpServer> {
    const listener = await listenUnix(this.path);
    this.#server = serveHttp(listener, { handler, clock: systemClock, log: silentLog, ...options });
    return this.#server;
  }

  get path(): string {
    return `${this.#folder}/s`;
  }

  connect(): Promise<Deno.Conn> {
    return Deno.connect({ transport: "unix", path: this.path });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server?.stop(0);
    Deno.removeSync(this.#folder, { recursive: true });
  }
}

async function send(conn: Deno.Conn, text: string): Promise<void> {
  const bytes = new TextEncoder().encode(text);
  for (let sent = 0; sent < bytes.length;) sent += await conn.write(bytes.subarray(sent));
}

/** Reads until `enough` is in the text or the server closes. */
async function readUntil(conn: Deno.Conn, enough: string): Promise<string> {
  const chunk = new Uint8Array(4096);
  let text = "";
  while (!text.includes(enough)) {
    const count = await conn.read(chunk);
    if (count === null) return text;
    text += new TextDecoder().decode(chunk.subarray(0, count));
  }
  return text;
}

const echo: HttpHandler = ({ method, path, body }) =>
  Promise.resolve({ status: 200, body: `${method} ${path} ${new TextDecoder().decode(body)}|` });

/** A handler that answers when told to, and notes how its signal ends. */
function heldHandler() {
  const entered = Promise.withResolvers<void>();
  const release = Promise.withResolvers<void>();
  const aborted = Promise.withResolvers<unknown>();
  const handler: HttpHandler = async (_request, signal): Promise<HttpResponse> => {
    signal.addEventListener("abort", () => aborted.resolve(signal.reason), { once: true });
    entered.resolve();
    await Promise.race([release.promise, aborted.promise]);
    return { status: 200, body: "done|" };
  };
  return { handler, entered: entered.promise, release: release.resolve, aborted: aborted.promise };
}

Deno.test("serveHttp() answers several requests of one connection", async () => {
  await using server = new TestServer();
  await server.start(echo);
  using conn = await server.connect();
  await send(conn, "GET /a HTTP/1.1\r\nHost: \r\nContent-Length: 2\r\n\r\n{}");
  const first = await readUntil(conn, "|");
  assert.match(
    first,
    /^HTTP\/1\.1 200 OK\r\nContent-Type: application\/json\r\nContent-Length: 10\r\n\r\nGET \/a \{\}\|$/,
  );
  await send(conn, "DELETE /b HTTP/1.1\r\nConnection: close\r\n\r\n");
  assert.match(await readUntil(conn, "never"), /Connection: close\r\n\r\nDELETE \/b \|$/);
});

Deno.test("serveHttp() tells the handler when the caller hangs up", async () => {
  await using server = new TestServer();
  const { handler, entered, aborted } = heldHandler();
  await server.start(handler);
  const conn = await server.connect();
  await send(conn, "POST / HTTP/1.1\r\n\r\n");
  await entered;
  conn.close();
  assert.match(String(await aborted), /the caller hung up/);
});

Deno.test("serveHttp() stops after the running request, and accepts none meanwhile", async () => {
  await using server = new TestServer();
  const { handler, entered, release } = heldHandler();
  const running = await server.start(handler);
  using idle = await server.connect();
  using conn = await server.connect();
  await send(conn, "POST / HTTP/1.1\r\n\r\n");
  await entered;
  const stopped = running.stop(60_000);
  assert.equal(await readUntil(idle, "never"), ""); // closed at once
  await assert.rejects(server.connect());
  release();
  assert.match(await readUntil(conn, "never"), /Connection: close\r\n\r\ndone\|$/);
  await stopped;
});

Deno.test("serveHttp() aborts what still runs after the grace", async () => {
  await using server = new TestServer();
  const { handler, entered, aborted } = heldHandler();
  const running = await server.start(handler);
  using conn = await server.connect();
  await send(conn, "POST / HTTP/1.1\r\n\r\n");
  await entered;
  await running.stop(0);
  assert.match(String(await aborted), /the server stops/);
});

Deno.test("serveHttp() answers a body that is too long, although the caller has not written all of it", async () => {
  await using server = new TestServer();
  await server.start(echo, { clock: new FakeClock() }); // it reads on for two seconds
  using conn = await server.connect();
  await send(conn, `POST / HTTP/1.1\r\nContent-Length: 2000000\r\n\r\n${"x".repeat(1_500_000)}`);
  assert.match(await readUntil(conn, "}"), /^HTTP\/1\.1 413 .*\{"code":413,"message":"Cannot read request: its body/s);
});

Deno.test("serveHttp() answers a request that it cannot read, and closes", async () => {
  await using server = new TestServer();
  await server.start(echo);
  using conn = await server.connect();
  await send(conn, "hello\r\n\r\n");
  assert.match(
    await readUntil(conn, "never"),
    /^HTTP\/1\.1 400 Bad Request\r\n.*Connection: close\r\n\r\n\{"code":400/s,
  );
});

Deno.test("serveHttp() gives up on headers that come too slowly", async () => {
  const clock = new FakeClock();
  await using server = new TestServer();
  await server.start(echo, { clock });
  using conn = await server.connect();
  await send(conn, "POST / HTT");
  while (clock.next() !== 10_000) await new Promise((resolve) => setTimeout(resolve, 0)); // the head's deadline is armed
  clock.advance(10_000);
  assert.match(await readUntil(conn, "}"), /^HTTP\/1\.1 408 /);
  clock.advance(1_000);
});

Deno.test("serveHttp() hides what a handler threw", async () => {
  await using server = new TestServer();
  await server.start(() => Promise.reject(new Error("secret")));
  using conn = await server.connect();
  await send(conn, "GET / HTTP/1.1\r\nConnection: close\r\n\r\n");
  const answer = await readUntil(conn, "never");
  assert.match(answer, /^HTTP\/1\.1 500 .*"internal error"/s);
  assert.ok(!answer.includes("secret"));
});

Deno.test("serveHttp() keeps callers waiting while all of its connections work", async () => {
  await using server = new TestServer();
  const { handler, entered, release } = heldHandler();
  await server.start(handler, { maxConnections: 1 });
  using first = await server.connect();
  await send(first, "GET /1 HTTP/1.1\r\nConnection: close\r\n\r\n"); // else the second waits until it has been idle for 5 s
  await entered;
  using second = await server.connect();
  await send(second, "GET /2 HTTP/1.1\r\n\r\n");
  const answer = readUntil(second, "|");
  const early = await Promise.race([answer, new Promise((resolve) => setTimeout(() => resolve("waits"), 0))]);
  assert.equal(early, "waits");
  release();
  assert.match(await answer, /done/);
});

Deno.test("serveHttp() that is full stops although a caller waits for room", async () => {
  await using server = new TestServer();
  const { handler, entered } = heldHandler();
  const running = await server.start(handler, { maxConnections: 1 });
  using first = await server.connect();
  await send(first, "GET /1 HTTP/1.1\r\n\r\n");
  await entered;
  using second = await server.connect();
  await running.stop(0);
  assert.equal(await readUntil(second, "never").catch(() => ""), "");
});
