import { concatBytes } from "./bytes.ts";
import { type HttpAnswer, tryParseAnswer } from "./http_response.ts";

/** What is asked of the agent. */
export interface AgentRequest {
  readonly method: "GET" | "POST" | "DELETE";
  /** Path and query, with the base path. */
  readonly target: string;
  /** JSON text. */
  readonly body?: string;
}

/** Asks the agent one thing. */
export type Exchange = (request: AgentRequest) => Promise<HttpAnswer>;

/** The agent cannot be asked: nobody listens, it hung up, was silent for too long, or speaks no HTTP. */
export class AgentUnreachableError extends Error {
  override readonly name = "AgentUnreachableError";

  constructor(readonly socketPath: string, reason: string, options?: ErrorOptions) {
    super(`Cannot ask the agent on ${socketPath}: ${reason}`, options);
  }
}

/** Where and how long to ask. */
export interface UnixExchangeOptions {
  /** For the whole exchange, in milliseconds. */
  readonly timeoutMs: number;
  readonly connect?: (path: string) => Promise<Deno.Conn>;
}

/** More than any answer of the agent has. */
const MAX_ANSWER_BYTES = 4 * 1024 * 1024;

/**
 * Exchanges one HTTP/1.1 request per connection over the unix socket `socketPath`, as upstream's plugins do: empty
 * `Host`, `Connection: close`, `Content-Length`. Written by hand because `fetch` costs a plugin 9 ms more to start.
 *
 * @returns a function that throws {@linkcode AgentUnreachableError}
 */
export function unixExchange(socketPath: string, options: UnixExchangeOptions): Exchange {
  const { timeoutMs, connect = connectUnix } = options;
  return async function exchange(request) {
    const expiry = expiryAfter(timeoutMs);
    try {
      const dialing = dial(() => connect(socketPath), expiry);
      dialing.then((late) => expiry.passed() && late.close(), () => {});
      using conn = await Promise.race([dialing, expiry.promise]);
      return await Promise.race([converse(conn, encodeRequest(request)), expiry.promise]);
    } catch (err) {
      const reason = err instanceof Error ? err.message : String(err);
      throw new AgentUnreachableError(socketPath, reason, { cause: err });
    }
  };
}

/** Bytes of `request` on the wire. */
export function encodeRequest({ method, target, body }: AgentRequest): Uint8Array<ArrayBuffer> {
  const encoder = new TextEncoder();
  const head = [`${method} ${target} HTTP/1.1`, "Host: ", "Accept: application/json", "Connection: close"];
  if (body === undefined) return encoder.encode(`${head.join("\r\n")}\r\n\r\n`);
  const length = encoder.encode(body).length;
  head.push("Content-Type: application/json", `Content-Length: ${length}`);
  return encoder.encode(`${head.join("\r\n")}\r\n\r\n${body}`);
}

function connectUnix(path: string): Promise<Deno.Conn> {
  return Deno.connect({ transport: "unix", path });
}

/** Pause before a socket whose queue is full is asked again, in milliseconds. */
const QUEUE_PAUSE_MS = 10;

/** Connects; while more callers wait for the agent than the kernel queues (some thousand), it waits for its turn. */
async function dial(connect: () => Promise<Deno.Conn>, expiry: Expiry): Promise<Deno.Conn> {
  for (;;) {
    try {
      return await connect();
    } catch (err) {
      if (!(err instanceof Deno.errors.WouldBlock) || expiry.passed()) throw err;
    }
    await new Promise((resolve) => setTimeout(resolve, QUEUE_PAUSE_MS));
  }
}

interface Expiry {
  readonly promise: Promise<never>;
  readonly passed: () => boolean;
}

/** Rejects after `timeoutMs`. Not with `setTimeout`: its first call costs a plugin 5 ms, `AbortSignal.timeout` below one. */
function expiryAfter(timeoutMs: number): Expiry {
  const signal = AbortSignal.timeout(timeoutMs);
  const promise = new Promise<never>((_resolve, reject) => {
    signal.addEventListener("abort", () => reject(new Error(`no answer within ${timeoutMs} ms`)), { once: true });
  });
  promise.catch(() => {}); // nobody may be waiting when it passes
  return { promise, passed: () => signal.aborted };
}

async function converse(conn: Deno.Conn, request: Uint8Array<ArrayBuffer>): Promise<HttpAnswer> {
  for (let sent = 0; sent < request.length;) sent += await conn.write(request.subarray(sent));
  let bytes = new Uint8Array();
  const chunk = new Uint8Array(64 * 1024);
  for (;;) {
    const count = await conn.read(chunk);
    if (count !== null) bytes = concatBytes([bytes, chunk.subarray(0, count)]);
    if (bytes.length > MAX_ANSWER_BYTES) throw new Error(`the answer is longer than ${MAX_ANSWER_BYTES} bytes`);
    const answer = tryParseAnswer(bytes, { ended: count === null });
    if (answer !== undefined) return answer;
  }
}
