import { formatAge, formatBytes } from "./units.ts";
import type { WaitUnderWay } from "./waits.ts";

/** Most waits that a stack report spells out. */
const MOST_WAITS = 1000;

/** What `gops stack` prints: everything that is waited for, the oldest first, where it is known with the frames that wait. */
export function stackReport(waits: readonly WaitUnderWay[]): string {
  const shown = waits.slice(0, MOST_WAITS).map(waitText);
  const more = waits.length - shown.length;
  const rest = more > 0 ? [`… and ${more} more`] : [];
  return [`${waits.length} under way`, ...shown, ...rest, ""].join("\n\n").trimEnd() + "\n";
}

function waitText({ id, kind, what, ageMs, fields = {}, origin }: WaitUnderWay): string {
  const facts = Object.entries(fields).map(([key, value]) => ` ${key}=${JSON.stringify(value)}`).join("");
  const frames = (origin?.stack ?? "").split("\n").slice(1).map((frame) => `\n\t${frame.trim()}`).join("");
  return `${kind} ${id} [${what}, ${formatAge(ageMs)}]:${facts}${frames}`;
}

/** What a memory report is made of; all in bytes but the counts. */
export interface MemoryFacts {
  readonly rss: number;
  readonly external: number;
  /** By `node:v8`: `getHeapStatistics()`. */
  readonly heap: HeapFacts;
  readonly spaces: readonly SpaceFacts[];
  readonly collections: CollectionFacts;
}

/** The heap as a whole. */
export interface HeapFacts {
  readonly total_heap_size: number;
  readonly total_physical_size: number;
  readonly used_heap_size: number;
  readonly heap_size_limit: number;
  readonly malloced_memory: number;
  readonly number_of_native_contexts: number;
  /** Since the process began; V8 versions before it was counted have none. */
  readonly total_allocated_bytes?: number;
}

/** One of V8's heap spaces. */
export interface SpaceFacts {
  readonly space_name: string;
  readonly space_size: number;
  readonly space_used_size: number;
}

/** Full collections. Those of new objects alone are too many to be counted without cost. */
export interface CollectionFacts {
  readonly full: number;
  /** How many of them were asked for. */
  readonly forced: number;
  /** Milliseconds since the epoch of the last one; `undefined` before the first. */
  readonly lastAt: number | undefined;
}

/** What `gops memstats` prints: the keys of a Go program where they mean the same here, then V8's own. */
export function memoryReport({ rss, external, heap, spaces, collections }: MemoryFacts): string {
  const { used_heap_size: used, total_heap_size: total, total_allocated_bytes: allocated } = heap;
  return lines({
    alloc: formatBytes(used),
    ...(allocated !== undefined && { "total-alloc": formatBytes(allocated) }),
    sys: formatBytes(rss),
    "heap-alloc": formatBytes(used),
    "heap-sys": formatBytes(total),
    "heap-idle": formatBytes(Math.max(0, total - used)),
    "heap-in-use": formatBytes(heap.total_physical_size),
    "heap-limit": formatBytes(heap.heap_size_limit),
    external: formatBytes(external),
    malloced: formatBytes(heap.malloced_memory),
    "native-contexts": String(heap.number_of_native_contexts),
    "num-full-gc": String(collections.full),
    "num-forced-gc": String(collections.forced),
    "last-full-gc": collections.lastAt === undefined ? "-" : new Date(collections.lastAt).toISOString(),
    ...Object.fromEntries(
      spaces.map((space) => [
        `space ${space.space_name}`,
        `${formatBytes(space.space_used_size)} of ${formatBytes(space.space_size)}`,
      ]),
    ),
  });
}

/** What a statistics report is made of. */
export interface StatsFacts {
  readonly waits: Readonly<Record<string, number>>;
  readonly cpus: number;
  readonly uptimeMs: number;
  readonly pid: number;
  /** User and system time of the process, in milliseconds. */
  readonly cpuMs: number;
}

/** What `gops stats` prints. */
export function statsReport({ waits, cpus, uptimeMs, pid, cpuMs }: StatsFacts): string {
  return lines({
    pid: String(pid),
    uptime: formatAge(uptimeMs),
    "cpu time": formatAge(cpuMs),
    "num CPU": String(cpus),
    "requests of plugins": String(waits["request"] ?? 0),
    "requests to the API server": String(waits["api"] ?? 0),
    timers: String(waits["timer"] ?? 0),
  });
}

function lines(facts: Readonly<Record<string, string>>): string {
  return Object.entries(facts).map(([key, value]) => `${key}: ${value}\n`).join("");
}
