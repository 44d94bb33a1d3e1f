const PRIVATE_SUFFIX = ".other";

/**
 * A listening unix socket that removes no other's file: the runtime's own `close()` deletes whatever is at the path by
 * then, and an agent that starts without asking first (upstream's) may have put its socket there.
 */
export class OwnSocket implements Deno.Listener<Deno.UnixConn, Deno.UnixAddr> {
  readonly #listener: Deno.UnixListener;
  readonly #path: string;
  readonly #inode: number | null;
  #isClosed = false;
  /** The runtime lets go of a socket, and deletes the file, when whoever waits for a connection has been told. */
  #accepting: Promise<unknown> | undefined;

  /** @param path where `listener` listens */
  constructor(listener: Deno.UnixListener, path: string) {
    this.#listener = listener;
    this.#path = path;
    this.#inode = Deno.lstatSync(path).ino;
  }

  get addr(): Deno.UnixAddr {
    return this.#listener.addr;
  }

  accept(): Promise<Deno.UnixConn> {
    const accepting = this.#listener.accept();
    this.#accepting = accepting;
    return accepting;
  }

  /** Listens no more, as soon as an {@linkcode accept} that waits was rejected; nothing happens the second time. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    if (inodeOf(this.#path) === this.#inode) return this.#listener.close();
    const aside = `${this.#path}${PRIVATE_SUFFIX}`;
    moveIfThere(this.#path, aside);
    this.#listener.close();
    const moveBack = () => moveIfThere(aside, this.#path);
    if (this.#accepting === undefined) moveBack();
    else this.#accepting.then(moveBack, moveBack);
  }

  ref(): void {
    this.#listener.ref();
  }

  unref(): void {
    this.#listener.unref();
  }

  [Symbol.asyncIterator](): AsyncIterableIterator<Deno.UnixConn> {
    return this.#listener[Symbol.asyncIterator]();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

function inodeOf(path: string): number | null | undefined {
  try {
    return Deno.lstatSync(path).ino;
  } catch (err) {
    if (err instanceof Deno.errors.NotFound) return undefined;
    throw err;
  }
}

function moveIfThere(from: string, to: string): void {
  try {
    Deno.renameSync(from, to);
  } catch (err) {
    if (!(err instanceof Deno.errors.NotFound)) throw err;
  }
}
