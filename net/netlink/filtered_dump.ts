import type { Bytes, Message } from "../wire/mod.ts";
import type { Connection } from "./connection.ts";
import { type Operation, unlessNetlinkError } from "./error.ts";

/** A list to ask for: only what is wanted, else all. */
export interface FilteredRequest {
  /** One of `RTM`. */
  readonly type: number;
  /** Asks the kernel for the part that is wanted. */
  readonly wanted: Bytes;
  /** Asks for everything. */
  readonly all: Bytes;
}

/**
 * Asks for a part of a list, so that a node with many routes sends few. A kernel that refuses to choose is asked for all, and one
 * before 4.20 sends all: the caller filters again.
 *
 * @throws {NetlinkError} @throws {DumpInterruptedError}
 */
export function dumpFiltered(
  connection: Connection,
  { type, wanted, all, operation }: FilteredRequest & { readonly operation: Operation },
): readonly Message[] {
  return unlessNetlinkError(["EINVAL", "EOPNOTSUPP"], () => connection.dump({ type, payload: wanted }, operation)) ??
    connection.dump({ type, payload: all }, operation);
}
