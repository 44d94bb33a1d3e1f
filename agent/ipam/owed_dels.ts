import type { IpamDelArgs } from "../api/types.ts";

/** A DEL that its plugin could not have carried out. */
export interface OwedDel {
  /** Names its note. */
  readonly name: string;
  readonly args: IpamDelArgs;
}

/** The DELs that plugins of this node left notes of (docs/claims.md). */
export interface OwedDels {
  /** Those that can be read; what cannot be is reported once. */
  list(): Promise<readonly OwedDel[]>;
  /** Whether the note is still there. */
  has(del: Pick<OwedDel, "name">): boolean;
  /** Takes a note away; nothing happens when there is none. */
  remove(del: Pick<OwedDel, "name">): void;
  /** Takes the note of this attachment away: it is attached anew. Never throws. */
  void(attachment: Pick<IpamDelArgs, "containerID" | "ifName">): void;
  /** How many there are now, read or not. */
  count(): Promise<number>;
}
