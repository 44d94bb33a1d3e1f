/** What bad callers cost the ADDs of others, and the agent's memory. */
import { fileURLToPath } from "node:url";
import { createAgentClient, unixExchange } from "../../../agent/api/mod.ts";
import { linesOf } from "../real/protocol.ts";
import { summaryOf } from "../stats.ts";
import type { Table } from "../table.ts";
import type { DoorState } from "./door_process.ts";
import { floods } from "./floods.ts";

/** One flood and what it came to. */
export interface AbuseRow {
  readonly flood: string;
  /** Refusals of the bad caller in a second. */
  readonly refusalsPerSecond: number;
  /** ADDs of another caller, one after the other, each on a connection of its own. */
  readonly add: { readonly p50: number; readonly p99: number; readonly failures: number };
  readonly state: DoorState;
}

/** A process that answers each line with a line. */
class Talker implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly #lines: AsyncGenerator<string, void, undefined>;

  constructor(module: string, args: readonly string[]) {
    const path = fileURLToPath(new URL(module, import.meta.url));
    this.#child = new Deno.Command(Deno.execPath(), {
      args: ["run", "--allow-all", "--no-check", path, ...args],
      stdin: "piped",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    this.#writer = this.#child.stdin.getWriter();
    this.#lines = linesOf(this.#child.stdout);
  }

  /** The next line. @throws {Error} if it has ended */
  async next(): Promise<unknown> {
    const { value } = await this.#lines.next();
    if (value === undefined) throw new Error("Cannot measure: a process ended");
    return JSON.parse(value);
  }

  async ask(): Promise<unknown> {
    await this.#writer.write(new TextEncoder().encode("\n"));
    return await this.next();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#writer.close().catch(() => undefined);
    await this.#child.status;
    await this.#lines.return();
  }
}

/** Measures all floods, each on a server of its own, with `adds` ADDs of the other caller. */
export async function measureAbuse({ adds }: { readonly adds: number }): Promise<readonly AbuseRow[]> {
  const rows: AbuseRow[] = [];
  for (const index of floods.keys()) {
    const folder = await Deno.makeTempDir({ prefix: "bench-abuse-" });
    try {
      rows.push(await measureFlood(index, { adds, socket: `${folder}/s` }));
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  }
  return rows;
}

async function measureFlood(
  index: number,
  { adds, socket }: { readonly adds: number; readonly socket: string },
): Promise<AbuseRow> {
  await using door = new Talker("door_process.ts", [socket]);
  await door.next();
  await addOften(socket, adds); // the server's code is compiled by then
  await using flood = new Talker("flood_process.ts", [socket, String(index)]);
  await flood.next();
  const startMs = performance.now();
  const before = Number(await flood.ask());
  const { ms, failures } = await addOften(socket, adds);
  const refusals = Number(await flood.ask()) - before;
  const { p50, p99 } = summaryOf(ms);
  const refusalsPerSecond = refusals / (performance.now() - startMs) * 1000;
  const state = await door.ask() as DoorState;
  return { flood: floods[index]!.name, refusalsPerSecond, add: { p50, p99, failures }, state };
}

async function addOften(socket: string, adds: number): Promise<{ ms: number[]; failures: number }> {
  const client = createAgentClient(unixExchange(socket, { timeoutMs: 30_000 }));
  const args = {
    containerID: "c2",
    ifName: "eth0",
    netNamespace: "/n",
    podNamespace: "ns1",
    podName: "p",
    podUID: "u",
  };
  const ms: number[] = [];
  let failures = 0;
  for (let i = 0; i < adds; i++) {
    const startMs = performance.now();
    await client.allocate(args).catch(() => void failures++);
    ms.push(performance.now() - startMs);
  }
  return { ms, failures };
}

/** The table of what was measured. */
export function abuseTable(rows: readonly AbuseRow[]): Table {
  return {
    title: "ADDs beside bad callers",
    head: [
      "bad caller",
      "refusals/s",
      "ADD p50 ms",
      "ADD p99 ms",
      "failed ADDs",
      "agent MB",
      "connections",
      "log lines",
    ],
    rows: rows.map(({ flood, refusalsPerSecond, add, state }) => [
      flood,
      refusalsPerSecond,
      add.p50,
      add.p99,
      add.failures,
      state.rss / 1e6,
      state.connections,
      state.logLines,
    ]),
    notes: [
      "IPAM answers at once: what is measured is the socket's server. agent MB: resident memory of a process that has only that.",
    ],
  };
}
