import type { Clock } from "../../net/base/clock.ts";
import type { Log } from "../../net/base/log.ts";
import { versionLine } from "../../net/base/version.ts";
import type { IpamService } from "../api/mod.ts";
import { Collections } from "./collections.ts";
import { ownInspector } from "./inspector.ts";
import { writePortFile } from "./port_file.ts";
import { type GopsServerOptions, serveGops } from "./server.ts";
import { tracedClock, tracedIpam } from "./traced.ts";
import { Waits } from "./waits.ts";

/** How diagnostics are started. */
export interface GopsOptions {
  /** TCP port on 127.0.0.1; `undefined` switches all of it off. */
  readonly port: number | undefined;
  /** Gets the port file of the gops client and heap snapshots. */
  readonly folder: string;
  readonly clock: Clock;
  readonly log: Log;
}

/** Diagnostics that run. Disposing of them ends them and removes the port file. */
export interface Gops extends AsyncDisposable {
  /** The clock to give to the agent, so that it is seen who waits for what. */
  readonly clock: Clock;
  /** Makes what `create` makes, seen while it works. */
  traced<Inputs extends object, Made extends { readonly service: IpamService }>(
    create: (inputs: Inputs & { readonly waits?: Waits }) => Promise<Made>,
  ): (inputs: Inputs) => Promise<Made>;
}

/** Between two tries to take the port, in milliseconds: the agent before this one may still have it. */
const RETRY_MS = 5000;

/**
 * Starts to answer the gops client. What goes wrong is logged and ends nothing: the agent works without diagnostics. A port
 * that is taken is tried again.
 */
export function startGops({ port, folder, clock, log }: GopsOptions): Gops {
  if (port === undefined) return { clock, traced: (create) => create, [Symbol.asyncDispose]: () => Promise.resolve() };
  const waits = new Waits();
  const collections = new Collections(() => clock.now());
  const stop = new AbortController();
  const [executable, line] = [Deno.execPath(), versionLine("spiderpool-agent")];
  const subject = { waits, collections, inspector: ownInspector, clock, folder, versionLine: line, executable };
  const running = serveAndTell({ port, subject, clock, log, signal: stop.signal });
  return {
    clock: tracedClock(clock, waits),
    traced: (create) => async (inputs) => {
      const made = await create({ ...inputs, waits });
      return { ...made, service: tracedIpam(made.service, waits) };
    },
    async [Symbol.asyncDispose]() {
      stop.abort();
      collections.stop();
      await running;
    },
  };
}

/** Serves until the signal; meanwhile a file tells the client the port. */
async function serveAndTell({ port, ...options }: GopsServerOptions & { readonly port: number }): Promise<void> {
  const { log, subject: { folder } } = options;
  const listener = await listen(port, options);
  if (listener === undefined) return;
  const serving = serveGops(listener, options);
  const removeFile = await writePortFile(folder, { pid: Deno.pid, port }).catch((err) => {
    log.warn("cannot tell the gops client this agent's port: give it 127.0.0.1 and the port", { folder, err });
  });
  log.info("serves gops", { port });
  await serving;
  await removeFile?.().catch((err) => log.warn("cannot remove the port file of the gops client", { folder, err }));
}

/** Takes the port, however long that lasts; `undefined` once `signal` is aborted. */
async function listen(
  port: number,
  { clock, log, signal }: Pick<GopsServerOptions, "clock" | "log" | "signal">,
): Promise<Deno.TcpListener | undefined> {
  for (let isFirst = true; !signal.aborted; isFirst = false) {
    try {
      return Deno.listen({ hostname: "127.0.0.1", port });
    } catch (err) {
      if (isFirst) log.warn("cannot serve gops yet: its port is taken", { port, err });
    }
    await clock.sleep(RETRY_MS, signal).catch(() => {}); // the loop's condition tells
  }
  return undefined;
}
