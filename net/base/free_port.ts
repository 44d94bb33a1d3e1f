/**
 * Ports that the kernel gives nobody by itself (`net.ipv4.ip_local_port_range` begins at 32768), and below those that
 * Kubernetes gives Services (30000): nothing that listens or connects meanwhile can come by one of them.
 */
const RANGE = { first: 15_000, count: 15_000 };

/** Goes up in each thread from another place, so that tests that run at once do not pick the same one. */
let next = Math.floor(Math.random() * RANGE.count);

/** A TCP port that {@linkcode isFreePort}, now; each call gives another one. @throws {Error} if there is none */
export function freePort(): number {
  for (let tries = 0; tries < RANGE.count; tries++) {
    const port = RANGE.first + next++ % RANGE.count;
    if (isFreePort(port)) return port;
  }
  throw new Error(`Cannot find a free port: all of ${RANGE.first} to ${RANGE.first + RANGE.count - 1} are in use`);
}

/** Whether nobody listens on the TCP port, on any address of IPv4. */
export function isFreePort(port: number): boolean {
  try {
    Deno.listen({ hostname: "0.0.0.0", port }).close();
    return true;
  } catch (err) {
    if (err instanceof Deno.errors.AddrInUse) return false;
    throw err;
  }
}
