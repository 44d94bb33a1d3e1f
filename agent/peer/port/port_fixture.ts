/** A peer port on loopback, and the way to it. */
import { systemClock } from "../../../net/base/clock.ts";
import { silentLog } from "../../../net/base/log.ts";
import { fixedToken } from "../../../crd/kube/mod.ts";
import type { Peer, PeerAnswer, PeerMessage } from "../contract.ts";
import { type Certificate, makeCertificate } from "./certificate.ts";
import { PeerServer } from "./server.ts";
import { TlsExchange } from "./tls_exchange.ts";

const HOUR_MS = 3_600_000;

/** Answers one message. */
export type Handle = (message: PeerMessage, signal: AbortSignal) => Promise<PeerAnswer>;

/** A certificate for an hour. */
export function newCertificate(): Promise<Certificate> {
  return makeCertificate({ nowMs: Date.now(), validMs: HOUR_MS });
}

/** A peer port on loopback that knows the token `agent`, and the way to it. */
export async function portFixture(handle: Handle = ({ body }) => Promise.resolve({ status: 200, body })) {
  const certificate = await newCertificate();
  const authenticator = {
    isKnown: (authorization: string | undefined) => authorization === "Bearer agent",
    authenticate: (authorization: string | undefined) =>
      Promise.resolve(authorization === "Bearer agent" ? 200 as const : 401 as const),
  };
  const served: string[] = [];
  const turnedAway: string[] = [];
  const server = new PeerServer({
    hostnames: ["127.0.0.1"],
    port: 0,
    clock: systemClock,
    log: silentLog,
    authenticator,
    observer: { turnedAway: (reason) => void turnedAway.push(reason) },
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
    turnedAway,
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

/** The way to peers with a token. */
export function exchangeWith(token: string): TlsExchange {
  return new TlsExchange({ authorization: fixedToken(token), clock: systemClock });
}

/** The peer at a port of loopback. */
export function peerAt(port: number, certificate: string): Peer {
  return { node: "n1", address: `127.0.0.1:${port}`, certificate };
}

/** Lets pending reads and writes of sockets happen. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 20));
}
