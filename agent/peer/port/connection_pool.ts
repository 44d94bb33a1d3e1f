import { type Clock, steadyNow } from "../../../net/base/clock.ts";
import { type PeerAddress, PeerConnection } from "./peer_connection.ts";

/** How long an unused connection is kept, in milliseconds: shorter than the peer keeps it. */
const IDLE_MS = 30_000;

/** Connections to one peer. */
export class ConnectionPool {
  readonly #address: PeerAddress;
  readonly #clock: Clock;
  /** Those that were opened here and are not known to be closed. */
  readonly #open = new Set<PeerConnection>();
  #idle: { readonly connection: PeerConnection; readonly sinceMs: number }[] = [];
  #opening = 0;
  #isClosed = false;

  constructor(address: PeerAddress, clock: Clock) {
    this.#address = address;
    this.#clock = clock;
  }

  /** How many are open now, used or not. */
  get open(): number {
    for (const connection of this.#open) if (connection.isClosed) this.#open.delete(connection);
    return this.#open.size;
  }

  /** A connection that nobody else uses. @throws {Error} if there is none to be had */
  async take(): Promise<PeerConnection> {
    this.tidy();
    return this.#idle.pop()?.connection ?? await this.#connect();
  }

  /** Gives a connection back that is fit for another request. */
  give(connection: PeerConnection): void {
    if (connection.isClosed) return;
    if (this.#isClosed) return connection.close();
    this.#idle.push({ connection, sinceMs: steadyNow(this.#clock) });
  }

  /** Ends connections that nobody has used for long. @returns whether any are left, used or on their way */
  tidy(): boolean {
    const now = steadyNow(this.#clock);
    this.#idle = this.#idle.filter(({ connection, sinceMs }) => {
      const isFresh = !connection.isClosed && now - sinceMs < IDLE_MS;
      if (!isFresh && !connection.isClosed) connection.close();
      return isFresh;
    });
    return this.open + this.#opening > 0;
  }

  /** Ends all connections that nobody uses; the others end with their requests. */
  close(): void {
    this.#isClosed = true;
    for (const { connection } of this.#idle.splice(0)) if (!connection.isClosed) connection.close();
  }

  async #connect(): Promise<PeerConnection> {
    this.#opening++;
    try {
      const connection = await PeerConnection.open(this.#address);
      this.#open.add(connection);
      return connection;
    } finally {
      this.#opening--;
    }
  }
}
