import assert from "node:assert/strict";
import { systemClock } from "../../../net/base/clock.ts";
import { FakeClock } from "../../../net/base/fake_clock.ts";
import { silentLog } from "../../../net/base/log.ts";
import { type Authorization, fixedToken } from "../../../crd/kube/mod.ts";
import { settableClock } from "../../../tests/shared/settable_clock.ts";
import type { PeerAnswer, PeerMessage } from "../contract.ts";
import { PeerConnection } from "./peer_connection.ts";
import { exchangeWith, newCertificate, peerAt, portFixture, settled } from "./port_fixture.ts";
import { PeerServer } from "./server.ts";
import { TlsExchange } from "./tls_exchange.ts";

const hello: PeerMessage = { operation: "hello", body: "" };
const commit: PeerMessage = { operation: "commit", body: '{"some":"thing"}' };
const patient = { timeoutMs: 60_000 };

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
  assert.deepEqual([reply.kind, reply.kind === "refused" && reply.isSilent], ["refused", true]);
});

Deno.test("a peer that takes a message and says nothing leaves the outcome unknown, and hears that nobody waits", async () => {
  const heard = Promise.withResolvers<void>();
  await using port = await portFixture((_, signal) => {
    signal.addEventListener("abort", () => heard.resolve());
    return new Promise(() => {});
  });
  const clock = new FakeClock();
  const exchange = new TlsExchange({ authorization: fixedToken("agent"), clock });
  const replied = exchange.send(port.peer, commit, { timeoutMs: 200 });
  while (port.served.length === 0) await settled();
  await clock.run(200);
  const reply = await replied;
  assert.deepEqual([reply.kind, reply.kind === "unknown" && reply.isSilent], ["unknown", true]);
  await heard.promise;
});

Deno.test("a process that stood still takes the answer that arrived meanwhile", async () => {
  const answer = Promise.withResolvers<PeerAnswer>();
  await using port = await portFixture(() => answer.promise);
  const clock = new FakeClock();
  const exchange = new TlsExchange({ authorization: fixedToken("agent"), clock });
  const replied = exchange.send(port.peer, commit, { timeoutMs: 1_000 });
  while (port.served.length === 0) await settled();
  clock.advance(60_000); // its timer is due before it has read anything
  answer.resolve({ status: 200, body: "late" });
  assert.deepEqual(await replied, { kind: "answered", body: "late" });
  exchange.close();
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
  const reply = await exchange.send(peerAt(listener.addr.port, certificate), commit, patient);
  assert.deepEqual([reply.kind, "isSilent" in reply], ["unknown", false]);
  await dying;
  listener.close();
});

Deno.test("a peer that was started again is reached over a new connection, without a message in doubt", async () => {
  await using port = await portFixture();
  await port.exchange.send(port.peer, hello, patient);
  await port.server.stop(0);
  while (port.exchange.connections > 0) await settled();
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
  while (port.exchange.connections > 0) await settled();
  assert.deepEqual(await port.exchange.send(both, commit, patient), { kind: "answered", body: "next" });
  const old = peerAt(port.port, port.certificate.certificate);
  assert.equal((await port.exchange.send(old, commit, patient)).kind, "refused");
  await server.stop(0);
});

Deno.test("PeerConnection notices that the other side has closed", async () => {
  await using port = await portFixture();
  const { certificate: { certificate } } = port;
  const connection = await PeerConnection.open({ hostname: "127.0.0.1", port: port.port, certificate });
  assert.equal(connection.isClosed, false);
  await port.server.stop(0);
  while (!connection.isClosed) await settled();
});

/** A token that is refused until it is renewed; `onRenew` is called then. */
function oldToken(onRenew: () => void): Authorization {
  let token = "stranger";
  return {
    header: () => Promise.resolve(`Bearer ${token}`),
    renew() {
      onRenew();
      token = "agent";
      return Promise.resolve(true);
    },
  };
}

Deno.test("agent 12: clock set forward by an hour while a token is renewed: the message still has its time", async () => {
  await using port = await portFixture();
  const time = new FakeClock();
  const { clock, set } = settableClock(time);
  const exchange = new TlsExchange({ authorization: oldToken(() => set(3_600_000)), clock });
  let isOver = false;
  const replied = exchange.send(port.peer, commit, { timeoutMs: 1_000 }).finally(() => isOver = true);
  while (!isOver) await time.run(0); // whoever has no time left is woken
  assert.deepEqual(await replied, { kind: "answered", body: commit.body });
  exchange.close();
});

Deno.test("agent 12: clock set back by an hour while a token is renewed: the message gets no more than its time", async () => {
  await using port = await portFixture(() => new Promise(() => {}));
  const time = new FakeClock();
  const { clock, set } = settableClock(time);
  const authorization = oldToken(() => {
    time.advance(600);
    set(-3_600_000);
  });
  const exchange = new TlsExchange({ authorization, clock });
  const replied = exchange.send(port.peer, commit, { timeoutMs: 1_000 });
  while (port.served.length === 0) await settled();
  const endsMs = await lastSleepOf(time);
  assert.deepEqual([(await replied).kind, endsMs], ["unknown", 1_000]);
  exchange.close();
});

/** Goes from sleeper to sleeper. @returns when the last one was due */
async function lastSleepOf(time: FakeClock): Promise<number> {
  for (let next = time.next(); next !== undefined; next = time.next()) await time.run(next - time.now());
  return time.now();
}
