import { tryParseRequest } from "./wire.ts";

/** A request as it came over the socket. */
export interface SeenRequest {
  /** Such as `POST /v1/ipam/ip`. */
  readonly line: string;
  /** Everything before the body. */
  readonly head: string;
  readonly body: Record<string, unknown>;
}

/** What the fake answers to one request: bytes are sent as they are, `undefined` means hang up. */
export type Answer =
  | PlainAnswer
  | string
  | undefined;

/** An answer that is written as HTTP. */
interface PlainAnswer {
  readonly status: number;
  readonly json?: unknown;
  /** It is kept back so long, in milliseconds. */
  readonly afterMs?: number;
  /** It is kept back until then, or until the plugin has gone. */
  readonly after?: Promise<unknown>;
}

/** An agent that answers what a test tells it to, and remembers what it was asked. */
export class FakeAgent implements AsyncDisposable {
  readonly socket: string;
  readonly seen: SeenRequest[] = [];
  readonly #listener: Deno.UnixListener;
  readonly #answer: (request: SeenRequest) => Answer;
  readonly #served = new Set<Promise<void>>();

  /**
   * @param folder gets the socket
   * @param answer by request line, or a function
   */
  constructor(folder: string, answer: Readonly<Record<string, Answer>> | ((request: SeenRequest) => Answer)) {
    this.socket = `${folder}/agent.sock`;
    this.#answer = typeof answer === "function"
      ? answer
      : ({ line }) => Object.hasOwn(answer, line) ? answer[line] : { status: 404 };
    this.#listener = Deno.listen({ transport: "unix", path: this.socket });
    this.#served.add(this.#accept());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    await Promise.all(this.#served);
  }

  async #accept(): Promise<void> {
    try {
      for await (const conn of this.#listener) this.#served.add(this.#serve(conn));
    } catch (err) {
      if (!(err instanceof Deno.errors.BadResource)) throw err; // closed
    }
  }

  async #serve(conn: Deno.Conn): Promise<void> {
    using _conn = conn;
    const request = await receive(conn);
    if (request === undefined) return;
    this.seen.push(request);
    const answer = this.#answer(request);
    if (answer === undefined) return;
    if (typeof answer !== "string") await keptBack(conn, answer);
    const text = typeof answer === "string" ? answer : render(answer);
    await conn.write(new TextEncoder().encode(text)).catch(() => 0); // the plugin may have gone
  }
}

async function receive(conn: Deno.Conn): Promise<SeenRequest | undefined> {
  const decoder = new TextDecoder();
  const chunk = new Uint8Array(65536);
  let text = "";
  for (let count = await conn.read(chunk); count !== null; count = await conn.read(chunk)) {
    text += decoder.decode(chunk.subarray(0, count));
    const request = tryParseRequest(text);
    if (request !== undefined) return request;
  }
  return undefined;
}

async function keptBack(conn: Deno.Conn, { afterMs = 0, after }: PlainAnswer): Promise<void> {
  if (afterMs > 0) await new Promise((resolve) => setTimeout(resolve, afterMs));
  if (after === undefined) return;
  const gone = conn.read(new Uint8Array(1)).catch(() => null); // of one that was killed the connection is reset
  await Promise.race([after, gone]);
}

function render({ status, json }: PlainAnswer): string {
  const body = json === undefined ? "" : `${JSON.stringify(json)}\n`;
  const type = json === undefined ? "" : "Content-Type: application/json\r\n";
  const length = new TextEncoder().encode(body).length;
  return `HTTP/1.1 ${status} Status\r\n${type}Content-Length: ${length}\r\nConnection: close\r\n\r\n${body}`;
}
