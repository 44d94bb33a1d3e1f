/**
 * Diagnostics of the running agent for Go's `gops` client, on loopback.
 *
 * @example
 * ```ts
 * await using gops = startGops({ port: 5712, folder: "/var/run/spidernet/gops", clock: systemClock, log });
 * await runDaemon({ ...inputs, clock: gops.clock, createIpam: gops.traced(createIpam) });
 * ```
 *
 * @module
 */
export { type Gops, type GopsOptions, startGops } from "./start.ts";
export { tracedTransport } from "./traced.ts";
export { Waits } from "./waits.ts";
