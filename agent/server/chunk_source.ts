/** What comes in on a connection, one piece at a time, with a look ahead. */
export interface ChunkSource {
  /** The next piece, or `null` when the other side has closed or is lost; the same one until {@linkcode drop}. */
  peek(): Promise<Uint8Array | null>;
  /** Makes {@linkcode peek} read on. At most one piece is ever held, so a caller that sends ahead is slowed down. */
  drop(): void;
}

const CHUNK_BYTES = 16 * 1024;

/** Pieces of `conn`. A read that fails counts as closed. */
export function chunkSource(conn: Pick<Deno.Conn, "read">): ChunkSource {
  let next: Promise<Uint8Array | null> | undefined;
  return {
    peek() {
      next ??= readChunk(conn);
      return next;
    },
    drop() {
      next = undefined;
    },
  };
}

async function readChunk(conn: Pick<Deno.Conn, "read">): Promise<Uint8Array | null> {
  const buffer = new Uint8Array(CHUNK_BYTES);
  try {
    const count = await conn.read(buffer);
    return count === null ? null : buffer.subarray(0, count);
  } catch {
    return null; // reset by the other side, or closed by this one
  }
}
