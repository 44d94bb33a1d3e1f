/** Callers of the agent's socket that mean ill or do not know better: what the agent keeps stays bounded, and ADDs of others go on. */
import assert from "node:assert/strict";
import { type IpamService, unixExchange } from "../../agent/api/mod.ts";
import {
  createIpamHandlers,
  createRouter,
  type HttpServer,
  type HttpServerOptions,
  listenUnix,
  serveHttp,
} from "../../agent/server/mod.ts";
import { type Clock, steadyNow, systemClock } from "../../net/base/clock.ts";
import { FakeClock } from "../../net/base/fake_clock.ts";
import { type Log, silentLog } from "../../net/base/log.ts";

/** Connections that the server holds at most. */
const MOST = 512;

/** Lines of a log that one flood may make in each ten seconds: those of the window, and what was left out of the one before. */
const MOST_LINES = 110;

/** Longer than any test: a machine that is busy must not be taken for slow callers, in milliseconds. */
const FOREVER_MS = 3_600_000;

const add = {
  containerID: "c1",
  ifName: "eth0",
  netNamespace: "/var/run/netns/a",
  podNamespace: "ns1",
  podName: "p",
  podUID: "u1",
};
const head = "POST /v1/ipam/ip HTTP/1.1\r\nContent-Type: application/json\r\n";

interface DoorOptions extends Pick<HttpServerOptions, "bounds" | "sparedMs"> {
  readonly service?: Partial<IpamService>;
  readonly clock?: Clock;
}

/** The agent's socket over a service that a test gives. */
class Door implements AsyncDisposable {
  readonly lines: string[] = [];
  readonly #openedMs = steadyNow(systemClock);
  readonly #folder = Deno.makeTempDirSync({ prefix: "door-" });
  readonly #conns: Deno.Conn[] = [];
  #server!: HttpServer;

  static async open({ service = {}, clock = systemClock, ...rest }: DoorOptions = {}) {
    const door = new Door();
    const note = (message: string) => void door.lines.push(message);
    const log: Log = { ...silentLog, info: note, warn: note, error: note, child: () => log };
    const handlers = createIpamHandlers({ service: { ...obliging, ...service }, clock, log, requestStop() {} });
    door.#server = serveHttp(await listenUnix(door.path), { handler: createRouter(handlers), clock, log, ...rest });
    return door;
  }

  get path(): string {
    return `${this.#folder}/s`;
  }

  load() {
    return this.#server.load();
  }

  /** Opens `count` connections and says `text` on each. */
  async connect(count: number, text = ""): Promise<readonly Deno.Conn[]> {
    const bytes = new TextEncoder().encode(text);
    const made: Deno.Conn[] = [];
    for (let i = 0; i < count; i++) {
      const conn = await this.#connected();
      made.push(conn);
      this.#conns.push(conn);
      if (bytes.length > 0) await conn.write(bytes).catch(() => 0); // it may have been closed already
    }
    return made;
  }

  /** Asks again while the kernel's queue of the socket is full. */
  async #connected(): Promise<Deno.Conn> {
    for (;;) {
      try {
        return await Deno.connect({ transport: "unix", path: this.path });
      } catch (err) {
        if (!(err instanceof Deno.errors.WouldBlock)) throw err;
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    }
  }

  /** An ADD as the plugin sends it. @returns its status */
  async add(): Promise<number> {
    const exchange = unixExchange(this.path, { timeoutMs: FOREVER_MS });
    return (await exchange({ method: "POST", target: "/v1/ipam/ip", body: JSON.stringify(add) })).status;
  }

  /** Asserts that the log is as short as it has to be, however long this took. */
  assertQuiet(): void {
    const windows = 1 + Math.floor((steadyNow(systemClock) - this.#openedMs) / 10_000);
    assert(this.lines.length <= windows * MOST_LINES, `${this.lines.length} lines in ${windows} times 10 s`);
  }

  /** Waits until what the server holds is so. */
  async until(what: string, isSo: () => boolean): Promise<void> {
    for (let i = 0; i < 60_000 && !isSo(); i++) await new Promise((resolve) => setTimeout(resolve, 1));
    assert(isSo(), `${what}: ${JSON.stringify(this.load())}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const conn of this.#conns) conn.close();
    await this.#server.stop(0);
    Deno.removeSync(this.#folder, { recursive: true });
  }
}

const obliging: IpamService = {
  add: () => Promise.resolve({ ips: [], routes: null }),
  release: () => Promise.resolve(),
  releaseBatch: () => Promise.resolve(),
  endpoint: () => Promise.resolve(undefined),
  explain: () => Promise.resolve(undefined),
};

async function answerOn(conn: Deno.Conn): Promise<string> {
  const buffer = new Uint8Array(4096);
  const count = await conn.read(buffer).catch(() => null);
  return new TextDecoder().decode(buffer.subarray(0, count ?? 0));
}

const silences = [
  { name: "nothing", text: "" },
  { name: "half a request line", text: "POST /v1/ip" },
  { name: "half a body", text: `${head}Content-Length: 100\r\n\r\n{"cont` },
];
for (const { name, text } of silences) {
  Deno.test(`agent 6: 2000 callers that say ${name} keep no ADD out: those that waited longest are closed`, async () => {
    const bounds = { headTimeoutMs: FOREVER_MS, requestTimeoutMs: FOREVER_MS, idleTimeoutMs: FOREVER_MS };
    await using door = await Door.open({ sparedMs: 50, bounds });
    await door.connect(2000, text);
    assert.equal(await door.add(), 200);
    const { connections, evicted } = door.load();
    assert(connections <= MOST && evicted >= 2000 - MOST, JSON.stringify(door.load()));
    assert(door.lines.includes("closed the connection that waited longest: there are too many"));
    door.assertQuiet();
  });
}

Deno.test("agent 6: 2000 ADDs at once are all answered, a bounded number at a time", async () => {
  let [running, most] = [0, 0];
  const service = {
    async add() {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setTimeout(resolve, 0));
      running--;
      return { ips: [], routes: null };
    },
  };
  await using door = await Door.open({ service, clock: new FakeClock() });
  const statuses = await Promise.all(Array.from({ length: 2000 }, () => door.add()));
  assert.deepEqual(new Set(statuses), new Set([200]));
  assert(most <= MOST, `${most} at a time`);
  await door.until("no connection is left", () => door.load().connections === 0);
});

Deno.test("agent 7: slow callers are answered 408 when their time is over, and nothing is left of them", async () => {
  const clock = new FakeClock();
  await using door = await Door.open({ clock });
  const slow = await door.connect(200, "POST /v1/ip");
  await door.until("all are accepted", () => door.load().connections === 200);
  for (let step = 0; step < 1000 && door.load().connections > 0; step++) await clock.run(1_000);
  assert.deepEqual(door.load(), { connections: 0, waiting: 0, evicted: 0, largeBodyBytes: 0 });
  for (const conn of slow) assert.match(await answerOn(conn), /^HTTP\/1\.1 408 /);
});

Deno.test("agent 7: callers that stop writing before a request are let go at once", async () => {
  await using door = await Door.open();
  for (const conn of await door.connect(100, "POST /v1/ip")) await conn.closeWrite();
  await door.until("no connection is left", () => door.load().connections === 0);
});

Deno.test("agent 7: a caller that has gone half way cancels its ADD, and nothing is left of it", async () => {
  const cancelled = Promise.withResolvers<unknown>();
  const service: Partial<IpamService> = {
    add: (_, signal) =>
      new Promise((_, reject) =>
        signal.addEventListener("abort", () => {
          cancelled.resolve(signal.reason);
          reject(signal.reason);
        }, { once: true })
      ),
  };
  await using door = await Door.open({ service });
  const body = JSON.stringify(add);
  const [conn] = await door.connect(1, `${head}Content-Length: ${body.length}\r\n\r\n${body}`);
  await conn!.closeWrite();
  assert.match(String(await cancelled.promise), /the caller hung up/);
  await door.until("no connection is left", () => door.load().connections === 0);
});

Deno.test("agent 7: large bodies share 32 MiB; who comes too late is answered 503, and a plugin's request goes on", async () => {
  await using door = await Door.open();
  const large = await door.connect(40, `${head}Content-Length: ${1 << 20}\r\n\r\n{`);
  await door.until("all heads are read", () => door.load().largeBodyBytes === 32 << 20);
  const refused = await Promise.race(large.map(answerOn));
  assert.match(
    refused,
    /^HTTP\/1\.1 503 .*"Cannot read request: other requests with large bodies take all the memory/s,
  );
  assert.equal(await door.add(), 200);
  for (const conn of large) await conn.closeWrite();
  await door.until("all of it is given back", () => door.load().largeBodyBytes === 0);
});

const bad = [
  { name: "broken JSON", body: '{"podName": ', status: 400 },
  { name: "another type", body: '{"podName": 7}', status: 400 },
  { name: "an ADD that is refused", body: JSON.stringify(add), status: 500 },
];
for (const { name, body, status } of bad) {
  Deno.test(`agent 7: ${name}, 4000 times: each is refused, the log stays short, ADDs of others go on`, async () => {
    let isRefusing = true;
    const service: Partial<IpamService> = {
      add: () => isRefusing ? Promise.reject(new Error("no")) : Promise.resolve({ ips: [], routes: null }),
    };
    await using door = await Door.open({ service });
    const request = `${head}Content-Length: ${body.length}\r\n\r\n${body}`;
    for (const conn of await door.connect(4)) await refusedOften(conn, { request, status, times: 1000 });
    door.assertQuiet();
    assert(door.load().connections <= 4);
    isRefusing = false;
    assert.equal(await door.add(), 200);
  });
}

async function refusedOften(
  conn: Deno.Conn,
  { request, status, times }: { request: string; status: number; times: number },
): Promise<void> {
  const bytes = new TextEncoder().encode(request);
  for (let i = 0; i < times; i++) {
    await conn.write(bytes);
    const answer = await answerOn(conn);
    assert(answer.startsWith(`HTTP/1.1 ${status} `), answer);
  }
}
