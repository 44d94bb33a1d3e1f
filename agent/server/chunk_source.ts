/** What comes in on a connection, one piece at a time, with a look ahead. */
export interface ChunkSource {
  /**
   * The next piece, or `null` when the other side has closed or is lost; the same one until {@linkcode drop}. The bytes
   * of a dropped piece are overwritten by the next one.
   */
  peek(): Promise<Uint8Array | null>;
  /** Makes {@linkcode peek} read on. At most one piece is ever held, so a caller that sends ahead is slowed down. */
  drop(): void;
}

/** A request fits in it, nearly always: most connections carry one. */
const FIRST_BYTES = 2 * 1024;
const CHUNK_BYTES = 16 * 1024;

/** Pieces of `conn`. A read that fails counts as closed. */
export function chunkSource(conn: Pick<Deno.Conn, "read">): ChunkSource {
  let next: Promise<Uint8Array | null> | undefined;
  let buffer = new Uint8Array(FIRST_BYTES);
  let isFull = false;
  return {
    peek() {
      next ??= read();
      return next;
    },
    drop() {
      next = undefined;
    },
  };

  async function read(): Promise<Uint8Array | null> {
    if (isFull && buffer.length < CHUNK_BYTES) buffer = new Uint8Array(CHUNK_BYTES);
    try {
      const count = await conn.read(buffer);
      isFull = count === buffer.length;
      return count === null ? null : buffer.subarray(0, count);
    } catch {
      return null; // reset by the other side, or closed by this one
    }
  }
}
