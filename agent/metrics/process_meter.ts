import process from "node:process";
import type { Clock } from "../../net/base/clock.ts";
import { countOpenFiles } from "../../net/ffi/open_files.ts";
import type { Monotonic } from "../peer/mod.ts";
import type { Histogram, InstrumentsOf } from "./instruments.ts";
import type { processRows } from "./process_rows.ts";

/** How often the event loop is looked at, in milliseconds. */
const LOOP_LOOK_MS = 500;

/** Shows what the process takes, at each scrape. */
export class ProcessMeter {
  readonly #instruments: InstrumentsOf<typeof processRows>;
  #cpuSeconds = 0;

  constructor(instruments: InstrumentsOf<typeof processRows>) {
    this.#instruments = instruments;
    instruments.started.set({}, performance.timeOrigin / 1000);
  }

  /** Looks at the process. */
  show(): void {
    const { cpu, resident, heapUsed, heapSize, external, openFiles } = this.#instruments;
    const { user, system } = process.cpuUsage(); // microseconds since the start
    const cpuSeconds = (user + system) / 1e6;
    cpu.add({}, Math.max(0, cpuSeconds - this.#cpuSeconds));
    this.#cpuSeconds = cpuSeconds;
    const memory = Deno.memoryUsage();
    resident.set({}, memory.rss);
    heapUsed.set({}, memory.heapUsed);
    heapSize.set({}, memory.heapTotal);
    external.set({}, memory.external);
    const open = countOpenFiles();
    if (open !== undefined) openFiles.set({}, open);
  }
}

/** Times how late timers ring, until `signal` is aborted. */
export async function watchEventLoop(
  lag: Histogram,
  { clock, monotonic, signal }: { readonly clock: Clock; readonly monotonic: Monotonic; readonly signal: AbortSignal },
): Promise<void> {
  while (!signal.aborted) {
    const sleptFromMs = monotonic();
    const isOver = await clock.sleep(LOOP_LOOK_MS, signal).then(() => true, () => false);
    if (isOver) lag.observe({}, Math.max(0, monotonic() - sleptFromMs - LOOP_LOOK_MS) / 1000);
  }
}
