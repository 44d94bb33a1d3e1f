import type { Clock } from "../../net/base/clock.ts";
import type { Collections } from "./collections.ts";
import { writeHeapSnapshot } from "./heap_snapshot.ts";
import type { Inspector } from "./inspector.ts";
import { readMemory } from "./memory.ts";
import { encodeProfile, gzip } from "./pprof.ts";
import { cpuProfileData, heapProfileData } from "./profiles.ts";
import { GOPS, type GopsByte } from "./protocol.ts";
import { memoryReport, stackReport, statsReport } from "./reports.ts";
import type { Waits } from "./waits.ts";

/** What commands tell about. */
export interface GopsSubject {
  readonly waits: Waits;
  readonly collections: Collections;
  readonly inspector: Inspector;
  readonly clock: Clock;
  /** Gets heap snapshots. */
  readonly folder: string;
  /** Name, version, commit, Deno and V8, with a newline. */
  readonly versionLine: string;
  /** File of the program that runs. */
  readonly executable: string;
  /** How long the CPU is looked at, in milliseconds. @default 30000 as in a Go program */
  readonly cpuProfileMs?: number;
  /** How long allocations are looked at, in milliseconds. @default 10000 */
  readonly heapProfileMs?: number;
}

/** One request. */
export interface GopsCall {
  /** Hands on a part of the answer. @throws when the caller has gone or does not read */
  readonly send: (bytes: Uint8Array) => Promise<void>;
  /** Aborted when the agent stops. */
  readonly signal: AbortSignal;
}

/** What answers one byte. */
export interface Command {
  /** As the gops client calls it. */
  readonly name: string;
  /**
   * Absent where it costs nothing. One command with a cost runs at a time; the agent stands still while a `blocking` one
   * works, so it gets a rest afterwards.
   */
  readonly cost?: "exclusive" | "blocking";
  /** @throws {Error} to be logged; the caller then gets no answer, which is how its client learns of it */
  run(subject: GopsSubject, call: GopsCall): Promise<void>;
}

const CHUNK_BYTES = 64 * 1024;

/** Every command, by the byte that asks for it. */
export const commands: Readonly<Record<GopsByte, Command>> = {
  [GOPS.STACK]: text("stack", ({ waits }) => stackReport(waits.list())),
  [GOPS.MEMSTATS]: text("memstats", async ({ collections }) => memoryReport(await readMemory(collections.facts()))),
  [GOPS.VERSION]: text("version", ({ versionLine }) => versionLine),
  [GOPS.STATS]: text("stats", async ({ waits }) => statsReport(await processFacts(waits))),
  [GOPS.SET_GC]: text("setgc", () => "Cannot set the GC percentage: V8 has none; see --v8-flags of the executable\n"),
  [GOPS.GC]: {
    ...text("gc", async ({ collections, inspector }) => {
      collections.noteForced();
      await inspector.collectGarbage();
      return "ok";
    }),
    cost: "blocking",
  },
  [GOPS.HEAP_SNAPSHOT]: {
    ...text("heap snapshot", async ({ folder }) => {
      const { path, bytes } = await writeHeapSnapshot(folder);
      return `wrote ${path} (${bytes} bytes)\n`;
    }),
    cost: "blocking",
  },
  [GOPS.CPU_PROFILE]: {
    name: "pprof-cpu",
    cost: "exclusive",
    async run({ inspector, clock, cpuProfileMs = 30_000 }, { send, signal }) {
      const takenAt = clock.now();
      const profile = await inspector.cpuProfile({ wait: () => clock.sleep(cpuProfileMs, signal) });
      await send(await gzip(encodeProfile(cpuProfileData(profile, takenAt))));
    },
  },
  [GOPS.HEAP_PROFILE]: {
    name: "pprof-heap",
    cost: "exclusive",
    async run({ inspector, clock, heapProfileMs = 10_000 }, { send, signal }) {
      const takenAt = clock.now();
      const head = await inspector.heapProfile({ wait: () => clock.sleep(heapProfileMs, signal) });
      await send(await gzip(encodeProfile(heapProfileData(head, { takenAt, durationMs: heapProfileMs }))));
    },
  },
  [GOPS.TRACE]: {
    name: "trace",
    run() {
      return Promise.reject(new Error("Cannot trace: Deno has no execution tracer; take a CPU profile (pprof-cpu)"));
    },
  },
  [GOPS.BINARY]: {
    name: "binary",
    async run({ executable }, { send, signal }) {
      using file = await Deno.open(executable);
      const chunk = new Uint8Array(CHUNK_BYTES);
      for (let n = await file.read(chunk); n !== null; n = await file.read(chunk)) {
        signal.throwIfAborted();
        await send(chunk.subarray(0, n));
      }
    },
  },
};

function text(name: string, make: (subject: GopsSubject) => string | Promise<string>): Command {
  return {
    name,
    async run(subject, { send }) {
      await send(new TextEncoder().encode(await make(subject)));
    },
  };
}

async function processFacts(waits: Waits) {
  const { cpuUsage, uptime } = (await import("node:process")).default;
  const { user, system } = cpuUsage();
  return {
    waits: waits.counts(),
    cpus: navigator.hardwareConcurrency,
    uptimeMs: uptime() * 1000,
    pid: Deno.pid,
    cpuMs: (user + system) / 1000,
  };
}
