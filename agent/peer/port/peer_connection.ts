import { concatBytes } from "../../api/bytes.ts";
import { type HttpAnswer, tryParseAnswer } from "../../api/mod.ts";
import { type ChunkSource, chunkSource } from "../../server/mod.ts";
import { SERVER_NAME } from "./certificate.ts";

/** More than any answer has. */
const MAX_ANSWER_BYTES = 4 * 1024 * 1024;

/** Where a peer listens, and how it is known. */
export interface PeerAddress {
  readonly hostname: string;
  readonly port: number;
  /** PEM, one or several certificates, of which it presents one. */
  readonly certificate: string;
}

/** A connection to a peer that carries one request after the other. */
export class PeerConnection {
  readonly #conn: Deno.TlsConn;
  readonly #source: ChunkSource;
  #isAsking = false;
  #isClosed = false;

  private constructor(conn: Deno.TlsConn) {
    this.#conn = conn;
    this.#source = chunkSource(conn);
    this.#watch();
  }

  /**
   * Connects, and makes sure that it is the one with the certificate.
   *
   * @throws {Error} if nobody listens, or it is somebody else
   */
  static async open({ hostname, port, certificate }: PeerAddress): Promise<PeerConnection> {
    const plain = await Deno.connect({ hostname, port });
    try {
      plain.setNoDelay(true);
      const conn = await Deno.startTls(plain, { hostname: SERVER_NAME, caCerts: [certificate] });
      return await handshaken(conn);
    } catch (err) {
      closeQuietly(plain);
      throw err;
    }

    async function handshaken(conn: Deno.TlsConn): Promise<PeerConnection> {
      try {
        await conn.handshake();
        return new PeerConnection(conn);
      } catch (err) {
        closeQuietly(conn);
        throw err;
      }
    }
  }

  /** Whether the connection is of no more use. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  /**
   * Sends one request and reads its answer.
   *
   * @throws {Error} if the connection breaks, or what comes is no answer; the request may have been worked on then
   */
  async ask(request: Uint8Array): Promise<HttpAnswer> {
    this.#isAsking = true;
    for (let sent = 0; sent < request.length;) sent += await this.#conn.write(request.subarray(sent));
    let bytes = new Uint8Array();
    for (;;) {
      const chunk = await this.#source.peek();
      this.#source.drop();
      if (chunk !== null) bytes = concatBytes([bytes, chunk]);
      if (bytes.length > MAX_ANSWER_BYTES) throw new Error(`the answer is longer than ${MAX_ANSWER_BYTES} bytes`);
      const answer = tryParseAnswer(bytes, { ended: chunk === null });
      if (answer === undefined) continue;
      this.#isAsking = false;
      this.#watch();
      return answer;
    }
  }

  close(): void {
    this.#isClosed = true;
    closeQuietly(this.#conn);
  }

  /** Notices when the other side closes, or speaks without being asked. */
  #watch(): void {
    this.#source.peek().then((chunk) => {
      if (chunk === null || !this.#isAsking) this.close();
    });
  }
}

function closeQuietly(conn: { close(): void }): void {
  try {
    conn.close();
  } catch (err) {
    if (!(err instanceof Deno.errors.BadResource)) throw err; // closed already, or TLS took it over
  }
}
