import type { Clock } from "../../net/base/clock.ts";
import { systemClock } from "../../net/base/clock.ts";
import type { Log } from "../../net/base/log.ts";
import { Collections } from "./collections.ts";
import type { GopsSubject } from "./commands.ts";
import type { Inspector } from "./inspector.ts";
import { serveGops } from "./server.ts";
import { Waits } from "./waits.ts";

/** A log that keeps `LEVEL message` and its fields. */
export function keepingLog(): Log & { readonly lines: { line: string; fields: Record<string, unknown> }[] } {
  const lines: { line: string; fields: Record<string, unknown> }[] = [];
  const keep = (level: string) => (message: string, fields = {}) =>
    void lines.push({ line: `${level} ${message}`, fields });
  const log = { lines, debug: keep("DEBUG"), info: keep("INFO"), warn: keep("WARN"), error: keep("ERROR") };
  return { ...log, child: () => ({ ...log, child: () => keepingLog() }) };
}

/** An inspector that has looked at a program of one function. */
export const fakeInspector: Inspector = {
  async cpuProfile({ wait }) {
    await wait();
    const nodes = [{ id: 1, callFrame: { functionName: "work", url: "a.js", lineNumber: 0 } }];
    return { nodes, startTime: 0, endTime: 1000, samples: [1], timeDeltas: [0] };
  },
  async heapProfile({ wait }) {
    await wait();
    return { callFrame: { functionName: "keep", url: "a.js", lineNumber: 0 }, selfSize: 32, children: [] };
  },
  collectGarbage: () => Promise.resolve(),
};

/** What a test changes. */
export interface GopsCase {
  readonly subject?: Partial<GopsSubject>;
  readonly clock?: Clock;
}

/** A server on a free port of loopback, with its log. */
export class GopsServer implements AsyncDisposable {
  readonly log = keepingLog();
  readonly waits = new Waits();
  readonly #collections = new Collections(() => 0);
  readonly #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly #stop = new AbortController();
  readonly #serving: Promise<void>;

  constructor({ subject = {}, clock = systemClock }: GopsCase = {}) {
    const whole = {
      waits: this.waits,
      collections: this.#collections,
      inspector: fakeInspector,
      clock,
      folder: "/nowhere",
      versionLine: "spiderpool-agent 1.2.3\n",
      executable: new URL(import.meta.url).pathname,
      ...subject,
    };
    this.#serving = serveGops(this.#listener, { subject: whole, clock, log: this.log, signal: this.#stop.signal });
  }

  get port(): number {
    return this.#listener.addr.port;
  }

  /** Sends bytes and reads until the end; what the other side broke off counts as the end. */
  async ask(...bytes: number[]): Promise<Uint8Array<ArrayBuffer>> {
    using conn = await this.connect();
    await conn.write(new Uint8Array(bytes));
    return await readAll(conn);
  }

  async askText(...bytes: number[]): Promise<string> {
    return new TextDecoder().decode(await this.ask(...bytes));
  }

  connect(): Promise<Deno.TcpConn> {
    return Deno.connect({ hostname: "127.0.0.1", port: this.port });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    this.#collections.stop();
    await this.#serving;
  }
}

/** All that comes from `conn`. */
export async function readAll(conn: Deno.Conn): Promise<Uint8Array<ArrayBuffer>> {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  const chunk = new Uint8Array(4096);
  for (;;) {
    const length = await conn.read(chunk).catch((err) => {
      if (err instanceof Deno.errors.ConnectionReset) return null;
      throw err;
    });
    if (length === null) return new Uint8Array(await new Blob(parts).arrayBuffer());
    parts.push(chunk.slice(0, length));
  }
}
