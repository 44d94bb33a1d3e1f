import type { Family } from "../../net/ip/mod.ts";
import { formatSource, type Source } from "./source.ts";

/** One NIC in one family. */
export interface NicFamily {
  readonly nic: string;
  readonly family: Family;
}

/** Something that the endpoint has and the sources do not name any more, or the other way round. */
export interface PendingChange extends NicFamily {
  /** Source that decides now. */
  readonly source: Source;
  /** What the NIC has; `undefined` where a family is added. */
  readonly has: { readonly address: string; readonly pool: string } | undefined;
  /** Pools that are named now; none when the NIC or family is not asked for any more. */
  readonly names: readonly string[];
}

/** Says a {@linkcode PendingChange} in a log, an Event or `explain`. */
export function formatPendingChange({ nic, family, source, has, names }: PendingChange): string {
  const wanted = names.length === 0
    ? `${formatSource(source)} names no IPPool for it by now`
    : `${formatSource(source)} names ${names.map((name) => JSON.stringify(name)).join(", ")} by now`;
  const state = has === undefined ? `has no IPv${family} address` : `keeps ${has.address} of IPPool "${has.pool}"`;
  return `${JSON.stringify(nic)} ${state} although ${wanted}: it takes effect when the Pod is made anew`;
}
