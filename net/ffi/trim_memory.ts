import { O } from "../uapi/mod.ts";
import { openFile, readLink, readText } from "./file.ts";
import { libc } from "./libc.ts";
import { call } from "./syscall.ts";

/** `MADV_DONTNEED` of linux/mman.h. */
const MADV_DONTNEED = 4;
/** A process of Deno has some hundred mappings of a hundred bytes each. */
const MAX_MAPS_BYTES = 1024 * 1024;

/** A piece of memory. */
export interface Mapping {
  /** Address of its first byte. */
  readonly start: bigint;
  /** In bytes. */
  readonly length: bigint;
}

/**
 * Gives back what the process has in memory and does not use: what malloc(3) holds free, and the pages of the executable
 * itself, of which the start needs many more than the work after it. What is needed again comes from the page cache.
 * Takes a millisecond. Source: malloc_trim(3), madvise(2).
 *
 * @throws {SyscallError}
 */
export function trimMemory(): void {
  libc().malloc_trim(0n);
  using maps = openFile("/proc/self/maps", O.RDONLY);
  for (const mapping of codeMappings(readText(maps, MAX_MAPS_BYTES), readLink("/proc/self/exe"))) {
    const { start, length } = mapping;
    call({ syscall: "madvise" }, () => libc().madvise(start, length, MADV_DONTNEED));
  }
}

/**
 * Private mappings of an executable that nobody can have written to, so that the file has all they hold: its code, and the
 * constants before it. Others that are read-only now may have been relocated by the loader.
 *
 * @param maps as proc_pid_maps(5) tells it; a last line that is cut is left out
 */
export function codeMappings(maps: string, executable: string): Mapping[] {
  return maps.split("\n").slice(0, -1).flatMap((line) => {
    const match = /^([0-9a-f]+)-([0-9a-f]+) (\S+) ([0-9a-f]+) \S+ \d+ +(.+)$/.exec(line);
    if (match === null) return [];
    const [, from, to, permissions, offset, path] = match;
    const isCode = permissions === "r-xp" || (permissions === "r--p" && Number(`0x${offset}`) === 0);
    if (path !== executable || !isCode) return [];
    const start = BigInt(`0x${from}`);
    return [{ start, length: BigInt(`0x${to}`) - start }];
  });
}
