/**
 * The gops wire protocol: a client connects, sends one byte that names what it wants (`setgc` sends ten more), reads the
 * answer until the connection ends. Source: github.com/google/gops, `signal/signal.go` and `agent/agent.go`.
 */

/** The bytes of upstream's client, by what they ask for. */
export const GOPS = {
  STACK: 0x01,
  GC: 0x02,
  MEMSTATS: 0x03,
  VERSION: 0x04,
  HEAP_PROFILE: 0x05,
  CPU_PROFILE: 0x06,
  STATS: 0x07,
  TRACE: 0x08,
  BINARY: 0x09,
  SET_GC: 0x10,
  /** This project's own: writes a heap snapshot to a file and answers its path. No byte that other protocols begin with. */
  HEAP_SNAPSHOT: 0x7f,
} as const;

/** One of {@linkcode GOPS}. */
export type GopsByte = typeof GOPS[keyof typeof GOPS];

/** Whether `byte` is one of {@linkcode GOPS}. */
export function isGopsByte(byte: number | undefined): byte is GopsByte {
  return Object.values<number | undefined>(GOPS).includes(byte);
}
