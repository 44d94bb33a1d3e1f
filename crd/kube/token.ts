import { type Clock, steadyNow } from "../../net/base/clock.ts";
import type { Authorization } from "./http.ts";

/** How long a token that was read is used before its file is read again, in milliseconds; client-go does the same. */
const REREAD_MS = 60_000;

/** Options of {@linkcode fileToken}. */
export interface FileTokenOptions {
  readonly clock: Clock;
  /** @default Deno.readTextFile */
  readonly readTextFile?: ((path: string) => Promise<string>) | undefined;
}

/** A token that never changes. */
export function fixedToken(token: string): Authorization {
  const value = bearer(token, "the given token");
  return { header: () => Promise.resolve(value), renew: () => Promise.resolve(false) };
}

/**
 * A token in a file that the kubelet replaces before it expires. Read again every minute, and when the server refuses
 * it; a file that cannot be read for a while is bridged with the last token.
 *
 * @throws from `header`, if no token was ever read
 */
export function fileToken(path: string, { clock, readTextFile = Deno.readTextFile }: FileTokenOptions): Authorization {
  let value: string | undefined;
  let readAt = 0;
  async function read(): Promise<string> {
    const next = bearer(await readTextFile(path), path);
    value = next;
    readAt = steadyNow(clock);
    return next;
  }
  async function header(): Promise<string> {
    if (value !== undefined && steadyNow(clock) - readAt < REREAD_MS) return value;
    const known = value;
    return await (known === undefined ? read() : read().catch(() => known));
  }
  async function renew(refused = value): Promise<boolean> {
    if (value !== refused) return true; // another request has met that and read the file
    return await read().then((next) => next !== refused, () => false);
  }
  return { header, renew };
}

function bearer(token: string, source: string): string {
  const text = token.trim();
  // A header cannot hold others; the token itself never gets into a message.
  if (!/^[\x21-\x7e]+$/.test(text)) throw new TypeError(`Cannot use the token in ${source}: it is empty or malformed`);
  return `Bearer ${text}`;
}
