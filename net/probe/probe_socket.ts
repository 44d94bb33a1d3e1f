import type { Bytes } from "../wire/mod.ts";

/** A raw socket of one protocol on one link; it never blocks the thread. */
export interface ProbeSocket {
  /** Sends one Ethernet frame. @throws {SyscallError} */
  send(frame: Bytes): void;
  /** The next frame that came for this link, a group or everybody; `undefined` when there is none. @throws {SyscallError} */
  receive(): Uint8Array | undefined;
  /** Resolves when something may have come in, at the latest after `ms` milliseconds. */
  wait(ms: number): Promise<void>;
}
