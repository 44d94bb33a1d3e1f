/**
 * Leads `127.0.0.1:<port>` of the host to the API server in its network namespace, so that a browser, `kubectl` and tests reach it while the
 * host's network stays as it is. Runs in the namespace of the control plane; only the listening socket belongs to the host.
 *
 * Arguments: port to listen on; path of the host's network namespace; address to lead to; its port.
 *
 * @module
 */
import { withNetns } from "../../net/host/mod.ts";

if (import.meta.main) await main(Deno.args);

async function main([port = "", hostNetns = "", hostname = "", targetPort = ""]: readonly string[]): Promise<void> {
  using listener = withNetns(hostNetns, () => Deno.listen({ hostname: "127.0.0.1", port: Number(port) }));
  for await (const client of listener) void serve(client, { hostname, port: Number(targetPort) });
}

/** Joins one connection. When either side fails, both end: the client sees the connection break, as it would without a proxy. */
export async function serve(client: Deno.Conn, target: Deno.ConnectOptions): Promise<void> {
  let server: Deno.Conn | undefined;
  try {
    server = await Deno.connect(target);
    await Promise.all([copy(client, server), copy(server, client)]);
  } catch {
    // refused, reset or closed: there is nobody to tell but the client, whose connection ends here
  } finally {
    close(client);
    if (server !== undefined) close(server);
  }
}

async function copy(from: Deno.Conn, to: Deno.Conn): Promise<void> {
  await from.readable.pipeTo(to.writable);
}

function close(connection: Deno.Conn): void {
  try {
    connection.close();
  } catch (err) {
    if (!(err instanceof Deno.errors.BadResource)) throw err; // its streams have closed it
  }
}
