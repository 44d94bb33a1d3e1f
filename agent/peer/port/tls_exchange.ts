import type { Authorization } from "../../../crd/kube/mod.ts";
import { type Clock, steadyNow } from "../../../net/base/clock.ts";
import { type Peer, type PeerExchange, type PeerMessage, type PeerReply, replyOf } from "../contract.ts";
import { SERVER_NAME } from "./certificate.ts";
import { ConnectionPool } from "./connection_pool.ts";
import { peerPaths } from "./paths.ts";
import type { PeerConnection } from "./peer_connection.ts";

/** Time to read what has arrived, before it is given up, in milliseconds. */
const LAST_LOOK_MS = 50;

/** What a {@linkcode TlsExchange} needs. */
export interface TlsExchangeDeps {
  /** The token for peers. */
  readonly authorization: Authorization;
  readonly clock: Clock;
}

/** {@linkcode PeerExchange} over HTTPS. */
export class TlsExchange implements PeerExchange {
  readonly #deps: TlsExchangeDeps;
  readonly #pools = new Map<string, ConnectionPool>();
  #isClosed = false;

  constructor(deps: TlsExchangeDeps) {
    this.#deps = deps;
  }

  /** @inheritdoc */
  async send(peer: Peer, message: PeerMessage, { timeoutMs }: { readonly timeoutMs: number }): Promise<PeerReply> {
    if (this.#isClosed) return { kind: "refused", reason: "this agent stops" };
    const endMs = steadyNow(this.#deps.clock) + timeoutMs;
    const reply = await this.#sendOnce(peer, message, timeoutMs);
    if (reply.kind !== "refused" || reply.status !== 401) return reply;
    if (!await this.#deps.authorization.renew()) return reply;
    return await this.#sendOnce(peer, message, Math.min(timeoutMs, endMs - steadyNow(this.#deps.clock)));
  }

  /** Connections to all peers that are open now. */
  get connections(): number {
    return [...this.#pools.values()].reduce((sum, pool) => sum + pool.open, 0);
  }

  /** Ends connections that nobody has used for long. */
  tidy(): void {
    for (const [key, pool] of this.#pools) if (!pool.tidy()) this.#pools.delete(key);
  }

  /** Ends all connections; nothing is sent any more. */
  close(): void {
    this.#isClosed = true;
    for (const pool of this.#pools.values()) pool.close();
  }

  async #sendOnce(peer: Peer, message: PeerMessage, timeoutMs: number): Promise<PeerReply> {
    const attempt = new Attempt(this.#poolOf(peer));
    const ended = new AbortController();
    const late = this.#timeout(timeoutMs, ended.signal).then(() => attempt.giveUp(), () => answered);
    try {
      return await Promise.race([this.#converse(attempt, message), late]);
    } finally {
      ended.abort(inTime);
    }
  }

  /** In two steps: a process that stood still finds its timers due before it has read what arrived meanwhile. */
  async #timeout(ms: number, signal: AbortSignal): Promise<void> {
    const lastMs = Math.min(LAST_LOOK_MS, Math.max(0, ms) / 2);
    await this.#deps.clock.sleep(ms - lastMs, signal);
    await this.#deps.clock.sleep(lastMs, signal);
  }

  async #converse(attempt: Attempt, message: PeerMessage): Promise<PeerReply> {
    let credentials: string | undefined;
    try {
      credentials = await this.#deps.authorization.header();
      await attempt.connect();
    } catch (err) {
      return { kind: "refused", reason: textOf(err) };
    }
    return await attempt.ask(encode(message, credentials));
  }

  #poolOf({ address, certificate }: Peer): ConnectionPool {
    const key = `${address}\n${certificate}`;
    let pool = this.#pools.get(key);
    if (pool === undefined) {
      const [, hostname = "", port = ""] = /^\[?(.*?)\]?:(\d+)$/.exec(address) ?? [];
      const where = { hostname, port: Number(port), certificate };
      this.#pools.set(key, pool = new ConnectionPool(where, this.#deps.clock));
    }
    return pool;
  }
}

/** What the timer says when it was stopped: nobody listens. */
const answered: PeerReply = { kind: "unknown", reason: "the message was answered" };
/** Why the sleep until the timeout is cut short; made once, a DOMException for each message costs more. */
const inTime = new Error("Cannot sleep on: the message was answered");

/** One message on its way: as long as nothing was sent, giving up is a definite end. */
class Attempt {
  readonly #pool: ConnectionPool;
  #connection: PeerConnection | undefined;
  #isSent = false;
  #isGivenUp = false;

  constructor(pool: ConnectionPool) {
    this.#pool = pool;
  }

  /** @throws {Error} if nobody listens, it is somebody else, or it was given up meanwhile */
  async connect(): Promise<void> {
    const connection = await this.#pool.take();
    if (this.#isGivenUp) {
      this.#pool.give(connection);
      throw new Error("there was no connection in time");
    }
    this.#connection = connection;
  }

  async ask(request: Uint8Array): Promise<PeerReply> {
    const connection = this.#connection!;
    this.#isSent = true;
    try {
      const { status, body } = await connection.ask(request);
      const isReusable = status === 200 || status === 421 || status === 422; // the others may be followed by an end
      if (isReusable && !this.#isGivenUp) this.#pool.give(connection);
      else connection.close();
      return replyOf({ status, body: new TextDecoder().decode(body) });
    } catch (err) {
      connection.close();
      return { kind: "unknown", reason: textOf(err) };
    }
  }

  /** Nobody waits any more. The peer hears of it by the end of the connection. */
  giveUp(): PeerReply {
    this.#isGivenUp = true;
    if (!this.#isSent) {
      return { kind: "refused", reason: "there was no connection in time", isSilent: true };
    }
    this.#connection?.close();
    return { kind: "unknown", reason: "there was no answer in time", isSilent: true };
  }
}

/** Bytes of the request, head and body in one piece. */
function encode({ operation, body }: PeerMessage, credentials: string | undefined): Uint8Array<ArrayBuffer> {
  const { method, path } = peerPaths[operation];
  const encoder = new TextEncoder();
  const content = encoder.encode(body);
  const head = encoder.encode([
    `${method} ${path} HTTP/1.1`,
    `Host: ${SERVER_NAME}`,
    ...(credentials === undefined ? [] : [`Authorization: ${credentials}`]),
    ...(content.length === 0 ? [] : ["Content-Type: application/json"]),
    `Content-Length: ${content.length}`,
    "",
    "",
  ].join("\r\n"));
  const bytes = new Uint8Array(head.length + content.length);
  bytes.set(head);
  bytes.set(content, head.length);
  return bytes;
}

function textOf(err: unknown): string {
  return err instanceof Error ? err.message : String(err);
}
