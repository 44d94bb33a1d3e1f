import { realServer } from "./real_server.ts";

/** Options of {@linkcode testIpam}. */
export interface IpamTestOptions {
  /** Whether it needs faults or a clock of its own, which a real server does not have. @default false */
  readonly onlyEmbedded?: boolean;
}

/** Registers a test on a {@linkcode Cluster}: on the embedded API, or on the real one that was chosen. */
export function testIpam(name: string, fn: () => Promise<void>, { onlyEmbedded = false }: IpamTestOptions = {}): void {
  if (realServer() === undefined) Deno.test(name, fn);
  else if (!onlyEmbedded) Deno.test(`real API: ${name}`, fn);
}
