import assert from "node:assert/strict";
import { systemClock } from "../../../net/base/clock.ts";
import { silentLog } from "../../../net/base/log.ts";
import { fixedToken } from "../../../crd/kube/mod.ts";
import type { Peer, PeerAnswer, PeerMessage } from "../contract.ts";
import { type Certificate, makeCertificate, SERVER_NAME } from "./certificate.ts";
import { PeerConnection } from "./peer_connection.ts";
import { PeerServer } from "./server.ts";
import { TlsExchange } from "./tls_exchange.ts";

const HOUR_MS = 3_600_000;
const hello: PeerMessage = { operation: "hello", body: "" };
const commit: PeerMessage = { operation: "commit", body: '{"some":"thing"}' };
const patient = { timeoutMs: 10_000 };

type Handle = (message: PeerMessage, signal: AbortSignal) => Promise<PeerAnswer>;

function newCertificate(): Promise<Certificate> {
  return makeCertificate({ nowMs: Date.now(), validMs: HOUR_MS });
}

/** A peer port on loopback that knows the token `agent`, and the way to it. */
async function portFixture(handle: Handle = ({ body }) => Promise.resolve({ status: 200, body })) {
  const certificate = await newCertificate();
  const authenticator = {
    isKnown: (authorization: string | undefined) => authorization === "Bearer agent",
    authenticate: (authorization: string | undefined) =>
      Promise.resolve(authorization === "Bearer agent" ? 200 as const : 401 as const),
  };
  const served: string[] = [];
  const server = new PeerServer({
    hostnames: ["127.0.0.1"],
    port: 0,
    clock: systemClock,
    log: silentLog,
    authenticator,
    committer: {
      handle(message, signal) {
        served.push(message.operation);
        return handle(message, signal);
      },
    },
  });
  const [port = 0] = await server.listen(certificate, { graceMs: 0 });
  const exchange = exchangeWith("agent");
  return {
    server,
    served,
    port,
    exchange,
    certificate,
    peer: peerAt(port, certificate.certificate),
    async [Symbol.asyncDispose]() {
      exchange.close();
      await server.stop(0);
    },
  };
}

function exchangeWith(token: string): TlsExchange {
  return new TlsExchange({ authorization: fixedToken(token), clock: systemClock });
}

function peerAt(port: number, certificate: string): Peer {
  return { node: "n1", address: `127.0.0.1:${port}`, certificate };
}

/** Something else on a port of loopback, until it is disposed. */
function somebodyElse(serve: (conn: Deno.Conn) => void | Promise<void>) {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const conns: Deno.Conn[] = [];
  const accepting = (async () => {
    for await (const conn of listener) {
      conns.push(conn);
      await serve(conn);
    }
  })();
  return {
    port: (listener.addr as Deno.NetAddr).port,
    async [Symbol.asyncDispose]() {
      listener.close();
      await accepting;
      for (const conn of conns) conn.close();
    },
  };
}

Deno.test("TlsExchange: messages go there and back, over connections that are used again", async () => {
  await using port = await portFixture(({ body }) => Promise.resolve({ status: 200, body: `got ${body}` }));
  const { exchange, peer } = port;
  assert.deepEqual(await exchange.send(peer, hello, patient), { kind: "answered", body: "got " });
  const replies = await Promise.all(Array.from({ length: 20 }, () => exchange.send(peer, commit, patient)));
  assert.deepEqual(
    new Set(replies.map((reply) => reply.kind === "answered" && reply.body)),
    new Set(['got {"some":"thing"}']),
  );
  const long = { operation: "commit", body: JSON.stringify("x".repeat(500_000)) } as const;
  const reply = await exchange.send(peer, long, patient);
  assert.equal(reply.kind === "answered" && reply.body.length, long.body.length + 4);
});

for (const status of [400, 421, 422, 429, 503]) {
  Deno.test(`TlsExchange takes ${status} for a refusal`, async () => {
    await using port = await portFixture(() => Promise.resolve({ status, body: "why" }));
    const reply = await port.exchange.send(port.peer, commit, patient);
    assert.deepEqual(reply, { kind: "refused", reason: `it answered ${status}`, status, body: "why" });
  });
}

Deno.test("a handler that fails leaves the outcome unknown", async () => {
  await using port = await portFixture(() => Promise.reject(new Error("a bug")));
  assert.equal((await port.exchange.send(port.peer, commit, patient)).kind, "unknown");
});

Deno.test("a stranger without a good token may not even send a message", async () => {
  await using port = await portFixture();
  const stranger = exchangeWith("stranger");
  for (const message of [hello, commit]) {
    const reply = await stranger.send(port.peer, message, patient);
    assert.deepEqual([reply.kind, reply.kind === "refused" && reply.status], ["refused", 401]);
  }
  assert.deepEqual(port.served, []);
  stranger.close();
});

Deno.test("a peer whose port is closed refuses at once", async () => {
  const { port, peer, ...rest } = await portFixture();
  await rest[Symbol.asyncDispose]();
  const exchange = exchangeWith("agent");
  const reply = await exchange.send(peer, commit, patient);
  assert.equal(reply.kind, "refused", `port ${port}`);
});

Deno.test("a peer with another certificate gets neither message nor token", async () => {
  await using port = await portFixture();
  const other = await newCertificate();
  const reply = await port.exchange.send(peerAt(port.port, other.certificate), commit, patient);
  assert.equal(reply.kind, "refused");
  assert.deepEqual(port.served, []);
});

Deno.test("a peer that speaks plain HTTP refuses", async () => {
  await using plain = somebodyElse(async (conn) => {
    await conn.write(new TextEncoder().encode("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n"));
  });
  const exchange = exchangeWith("agent");
  const { certificate } = await newCertificate();
  assert.equal((await exchange.send(peerAt(plain.port, certificate), commit, patient)).kind, "refused");
});

Deno.test("a peer that takes connections and says nothing refuses after the timeout: nothing was sent", async () => {
  await using silent = somebodyElse(() => {});
  const exchange = exchangeWith("agent");
  const { certificate } = await newCertificate();
  const reply = await exchange.send(peerAt(silent.port, certificate), commit, { timeoutMs: 50 });
  assert.equal(reply.kind, "refused");
});

Deno.test("a peer that takes a message and says nothing leaves the outcome unknown, and hears that nobody waits", async () => {
  const heard = Promise.withResolvers<void>();
  await using port = await portFixture((_, signal) => {
    signal.addEventListener("abort", () => heard.resolve());
    return new Promise(() => {});
  });
  const reply = await port.exchange.send(port.peer, commit, { timeoutMs: 200 });
  assert.equal(reply.kind, "unknown");
  await heard.promise;
});

Deno.test("a peer that dies before its answer leaves the outcome unknown", async () => {
  const { certificate, key } = await newCertificate();
  const listener = Deno.listenTls({ hostname: "127.0.0.1", port: 0, cert: certificate, key });
  const dying = (async () => {
    using conn = await listener.accept();
    await conn.read(new Uint8Array(1024));
    await conn.write(new TextEncoder().encode("HTTP/1.1 200 OK\r\nContent-Le"));
  })();
  const exchange = exchangeWith("agent");
  assert.equal((await exchange.send(peerAt(listener.addr.port, certificate), commit, patient)).kind, "unknown");
  await dying;
  listener.close();
});

Deno.test("a peer that was started again is reached over a new connection, without a message in doubt", async () => {
  await using port = await portFixture();
  await port.exchange.send(port.peer, hello, patient);
  await port.server.stop(0);
  await settled();
  assert.equal((await port.exchange.send(port.peer, commit, patient)).kind, "refused");
});

Deno.test("a certificate is replaced under way: peers that know both never fail", async () => {
  await using port = await portFixture();
  const next = await newCertificate();
  const both = peerAt(port.port, `${next.certificate}${port.certificate.certificate}`);
  assert.equal((await port.exchange.send(both, commit, patient)).kind, "answered");
  const server = new PeerServer({
    hostnames: ["127.0.0.1"],
    port: port.port,
    clock: systemClock,
    log: silentLog,
    authenticator: { isKnown: () => true, authenticate: () => Promise.resolve(200 as const) },
    committer: { handle: () => Promise.resolve({ status: 200, body: "next" }) },
  });
  await port.server.stop(0);
  await server.listen(port.certificate, { graceMs: 0 });
  await server.listen(next, { graceMs: 1_000 });
  await settled();
  assert.deepEqual(await port.exchange.send(both, commit, patient), { kind: "answered", body: "next" });
  const old = peerAt(port.port, port.certificate.certificate);
  assert.equal((await port.exchange.send(old, commit, patient)).kind, "refused");
  await server.stop(0);
});

/** Writes raw bytes to the port over TLS and reads what comes until the connection ends. */
async function rawly(port: number, certificate: string, text: string): Promise<string> {
  const plain = await Deno.connect({ hostname: "127.0.0.1", port });
  using conn = await Deno.startTls(plain, { hostname: SERVER_NAME, caCerts: [certificate] });
  const writing = write(conn, new TextEncoder().encode(text)).catch(() => undefined); // may be cut short
  const decoder = new TextDecoder();
  let got = "";
  try {
    for await (const chunk of conn.readable) got += decoder.decode(chunk, { stream: true });
  } catch (err) {
    if (got === "") throw err;
  }
  await writing;
  return got;
}

async function write(conn: Deno.Conn, bytes: Uint8Array): Promise<void> {
  for (let sent = 0; sent < bytes.length;) sent += await conn.write(bytes.subarray(sent));
}

const known = "Authorization: Bearer agent";
const raw = [
  {
    name: "a request of 10 MB of an agent",
    text: `POST /peer/v1/commit HTTP/1.1\r\n${known}\r\nContent-Length: 10000000\r\n\r\n${"x".repeat(100_000)}`,
    want: 413,
  },
  {
    name: "a request of 10 MB in chunks",
    text: `POST /peer/v1/commit HTTP/1.1\r\n${known}\r\nTransfer-Encoding: chunked\r\n\r\n989680\r\n`,
    want: 413,
  },
  {
    name: "a request of 10 MB of a stranger",
    text: `POST /peer/v1/commit HTTP/1.1\r\nContent-Length: 10000000\r\n\r\n${"x".repeat(100_000)}`,
    want: 401,
  },
  { name: "a hello with a body", text: "GET /peer/v1/hello HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello", want: 413 },
  {
    name: "a hello with chunks",
    text: "GET /peer/v1/hello HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
    want: 413,
  },
  {
    name: "a later version",
    text: `POST /peer/v2/commit HTTP/1.1\r\n${known}\r\nContent-Length: 2\r\n\r\n{}`,
    want: 404,
  },
  {
    name: "another method",
    text: `PUT /peer/v1/commit HTTP/1.1\r\n${known}\r\nContent-Length: 2\r\n\r\n{}`,
    want: 404,
  },
  { name: "what plugins ask", text: "POST /v1/ipam/ip HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}", want: 404 },
  { name: "headers of 20 kB", text: `GET /peer/v1/hello HTTP/1.1\r\nX: ${"x".repeat(20_000)}\r\n\r\n`, want: 431 },
  { name: "no HTTP", text: "hello there\r\n\r\n", want: 400 },
];
for (const { name, text, want } of raw) {
  Deno.test(`the peer port answers ${name} with ${want}`, async () => {
    await using port = await portFixture();
    const answer = await rawly(port.port, port.certificate.certificate, text);
    assert.equal(answer.split(" ")[1], String(want), answer.slice(0, 200));
    assert.deepEqual(port.served, []);
  });
}

Deno.test("PeerConnection notices that the other side has closed", async () => {
  await using port = await portFixture();
  const { certificate: { certificate } } = port;
  const connection = await PeerConnection.open({ hostname: "127.0.0.1", port: port.port, certificate });
  assert.equal(connection.isClosed, false);
  await port.server.stop(0);
  while (!connection.isClosed) await settled();
});

/** Lets pending reads and writes of sockets happen. */
function settled(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 20));
}
