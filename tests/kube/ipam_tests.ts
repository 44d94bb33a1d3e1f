import { firstReason, testUnless } from "../shared/skip.ts";
import { realServer } from "./real_server.ts";

/** Options of {@linkcode testIpam}. */
export interface IpamTestOptions {
  /** Whether it needs faults or a clock of its own, which a real server does not have. @default false */
  readonly onlyEmbedded?: boolean;
  /** Whether it leaves something on a real server that only one of this run may keep. @default false */
  readonly needsOwn?: boolean;
}

/** Registers a test on a {@linkcode Cluster}: on the embedded API, or on the real one that was chosen. */
export function testIpam(
  name: string,
  fn: () => Promise<void>,
  { onlyEmbedded = false, needsOwn = false }: IpamTestOptions = {},
): void {
  const server = realServer();
  if (server === undefined) return Deno.test(name, fn);
  if (onlyEmbedded) return;
  const reason = firstReason(
    server.mayDestroy ? undefined : "it deletes all of Spiderpool: needs SPIDERPOOL_TEST_DESTRUCTIVE=true",
    needsOwn && !server.isOwn ? "it leaves Kinds behind: needs a control plane of our own" : undefined,
  );
  testUnless(reason, { name: `real API: ${name}`, fn });
}
