import type { Clock } from "../../../net/base/clock.ts";
import { type PeerAddress, PeerConnection } from "./peer_connection.ts";

/** How long an unused connection is kept, in milliseconds: shorter than the peer keeps it. */
const IDLE_MS = 30_000;

/** Connections to one peer. */
export class ConnectionPool {
  readonly #address: PeerAddress;
  readonly #clock: Clock;
  #idle: { readonly connection: PeerConnection; readonly sinceMs: number }[] = [];

  constructor(address: PeerAddress, clock: Clock) {
    this.#address = address;
    this.#clock = clock;
  }

  /** A connection that nobody else uses. @throws {Error} if there is none to be had */
  async take(): Promise<PeerConnection> {
    this.tidy();
    return this.#idle.pop()?.connection ?? await PeerConnection.open(this.#address);
  }

  /** Gives a connection back that is fit for another request. */
  give(connection: PeerConnection): void {
    if (!connection.isClosed) this.#idle.push({ connection, sinceMs: this.#clock.now() });
  }

  /** Ends connections that nobody has used for long. @returns whether any are left */
  tidy(): boolean {
    const now = this.#clock.now();
    this.#idle = this.#idle.filter(({ connection, sinceMs }) => {
      const isFresh = !connection.isClosed && now - sinceMs < IDLE_MS && now >= sinceMs;
      if (!isFresh && !connection.isClosed) connection.close();
      return isFresh;
    });
    return this.#idle.length > 0;
  }

  /** Ends all connections. */
  close(): void {
    for (const { connection } of this.#idle.splice(0)) if (!connection.isClosed) connection.close();
  }
}
