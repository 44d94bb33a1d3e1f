/**
 * The agent's socket in a process of its own, over IPAM that answers at once: what is measured is the server. Ends when its
 * standard input does; each line of it is answered with what the process holds.
 *
 * @module
 */
import type { IpamService } from "../../../agent/api/mod.ts";
import { createJsonLog } from "../../../agent/log.ts";
import { createIpamHandlers, createRouter, listenUnix, serveHttp, type ServerLoad } from "../../../agent/server/mod.ts";
import { systemClock } from "../../../net/base/clock.ts";
import { lineOf, linesOf } from "../real/protocol.ts";

/** What the process holds. */
export interface DoorState extends ServerLoad {
  /** Resident memory, in bytes. */
  readonly rss: number;
  /** Lines of the log so far. */
  readonly logLines: number;
}

/** ADDs of this Pod are refused. */
export const REFUSED_POD = "refused";

const service: IpamService = {
  add: ({ podName }) =>
    podName === REFUSED_POD
      ? Promise.reject(new Error("no IPPool available"))
      : Promise.resolve({ ips: [], routes: null }),
  release: () => Promise.resolve(),
  releaseBatch: () => Promise.resolve(),
  endpoint: () => Promise.resolve(undefined),
  explain: () => Promise.resolve(undefined),
};

if (import.meta.main) await main(Deno.args[0] ?? "");

async function main(path: string): Promise<void> {
  let logLines = 0;
  const log = createJsonLog({ write: () => void logLines++, clock: systemClock, level: "info" });
  const handlers = createIpamHandlers({ service, clock: systemClock, log, requestStop() {} });
  const server = serveHttp(await listenUnix(path), { handler: createRouter(handlers), clock: systemClock, log });
  Deno.stdout.writeSync(lineOf("started"));
  for await (const _ of linesOf(Deno.stdin.readable)) {
    const state: DoorState = { ...server.load(), rss: Deno.memoryUsage().rss, logLines };
    Deno.stdout.writeSync(lineOf(state));
  }
  Deno.exit(0);
}
