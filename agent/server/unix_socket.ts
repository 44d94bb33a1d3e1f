import { dirname } from "node:path";
import { OwnSocket } from "./own_socket.ts";

const OWNER_ONLY = 0o177;

/** Another process serves the socket. */
export class SocketInUseError extends Error {
  override readonly name = "SocketInUseError";

  constructor(readonly path: string) {
    super(`Cannot listen on ${path}: another process answers there; stop the other agent first`);
  }
}

/**
 * Listens on the unix socket `path`, which only its owner may open. Makes its directory, and removes what a process
 * that died left behind. A lock on `<path>.lock` keeps two agents that start at once from removing each other's socket.
 *
 * @throws {SocketInUseError} when somebody answers on `path`
 * @throws {Error} when `path` is something else than a socket, or the listener did not get that very path
 */
export async function listenUnix(path: string): Promise<OwnSocket> {
  Deno.mkdirSync(dirname(path), { recursive: true });
  using lock = Deno.openSync(`${path}.lock`, { create: true, write: true, mode: 0o600 });
  await lock.lock(true);
  await removeStale(path);
  const listener = listenOwnerOnly(path);
  const got = listener.addr;
  // Deno 2.7 opens a TCP port where it does not know unix sockets: that would be an IPAM service without a lock on the door.
  if (got.transport !== "unix" || got.path !== path || !Deno.lstatSync(path).isSocket) {
    listener.close();
    throw new Error(`Cannot listen on ${path}: the system gave ${JSON.stringify(got)}`);
  }
  return new OwnSocket(listener, path);
}

/** The mode is set by the umask, so that there is no moment in which others could connect. */
function listenOwnerOnly(path: string): Deno.UnixListener {
  const before = Deno.umask(OWNER_ONLY);
  try {
    return Deno.listen({ transport: "unix", path });
  } finally {
    Deno.umask(before);
  }
}

async function removeStale(path: string): Promise<void> {
  const found = tryLstat(path);
  if (found === undefined) return;
  if (!found.isSocket) throw new Error(`Cannot listen on ${path}: it exists and is no socket; remove it`);
  if (await isAnswered(path)) throw new SocketInUseError(path);
  Deno.removeSync(path);
}

function tryLstat(path: string): Deno.FileInfo | undefined {
  try {
    return Deno.lstatSync(path);
  } catch (err) {
    if (err instanceof Deno.errors.NotFound) return undefined;
    throw err;
  }
}

async function isAnswered(path: string): Promise<boolean> {
  try {
    using _conn = await Deno.connect({ transport: "unix", path });
    return true;
  } catch (err) {
    if (err instanceof Deno.errors.ConnectionRefused || err instanceof Deno.errors.NotFound) return false;
    throw err;
  }
}
