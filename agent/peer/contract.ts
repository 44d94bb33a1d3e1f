/**
 * The seams of the peer protocol: who there is, how one message gets to one of them, and what came of it. No transport,
 * no clock of its own: the simulator routes {@linkcode PeerExchange} in memory.
 */

/** Milliseconds since some moment of this process. Never goes back, and does not jump when somebody sets the clock. */
export type Monotonic = () => number;

/** The runtime's own. */
export const systemMonotonic: Monotonic = () => performance.now();

/** An agent that may write pools for others. */
export interface Peer {
  /** Name of its node: what ranks are made of. */
  readonly node: string;
  /** Where it listens, such as `10.0.0.7:5713` or `[fd00::7]:5713`. */
  readonly address: string;
  /** PEM of the certificate it presents; another one is another peer. */
  readonly certificate: string;
}

/** Which agents there are. */
export interface PeerDirectory {
  /** Node of this agent. */
  readonly self: string;
  /**
   * All agents that live and can be asked, in no particular order. This one is in it once it serves others. The same
   * array as long as nothing has changed.
   */
  live(): readonly Peer[];
}

/** What is asked: the committer's clock, or requests on one pool. */
export type PeerOperation = "hello" | "commit";

/** One message to a committer. */
export interface PeerMessage {
  readonly operation: PeerOperation;
  /** JSON; empty for `hello`. */
  readonly body: string;
}

/** An answer as it crosses the wire; the status is an HTTP status. */
export interface PeerAnswer {
  readonly status: number;
  readonly body: string;
}

/** What became of a message. */
export type PeerReply =
  | { readonly kind: "answered"; readonly body: string }
  /** It was not worked on, and never will be. */
  | {
    readonly kind: "refused";
    readonly reason: string;
    readonly status?: number;
    readonly body?: string;
    /** Nobody answered in time, and nothing was sent: the peer may live and be slow. */
    readonly isSilent?: true;
  }
  /** It may have been worked on, be worked on now, or later. */
  | {
    readonly kind: "unknown";
    readonly reason: string;
    /** Nobody answered in time: the peer may live and be slow. Absent where the connection broke, or what came is odd. */
    readonly isSilent?: true;
  };

/** A way to the peers. */
export interface PeerExchange {
  /**
   * Sends one message and waits for its answer. Never rejects.
   *
   * @param options after `timeoutMs` milliseconds nobody waits any more: the connection is closed, which tells the peer
   */
  send(peer: Peer, message: PeerMessage, options: { readonly timeoutMs: number }): Promise<PeerReply>;
}

/**
 * How long what the agent of this node asks of peers may be worked on at most, kept where it outlives the process: who
 * comes after it waits that long. Calls return at once.
 */
export interface LifeNote {
  /** Milliseconds; `undefined` when nothing is noted. What is noted but cannot be read is the longest there can be. */
  read(): number | undefined;
  /** Takes the place of what was noted. @throws {Error} if it cannot be kept */
  write(ms: number): void;
  /**
   * For how many milliseconds at least everything that was noted has been kept, up to now: since the node was started.
   * Nobody who asked before that still runs. `undefined`, and absent: not known.
   */
  keptMs?(): number | undefined;
}

/** Statuses that a peer, or whoever listens in its place, gives before it works on anything. */
const refusals = new Set([400, 401, 403, 404, 405, 406, 413, 415, 421, 422, 429, 431, 501, 503, 505]);

/** What an answer means for the one who asked. */
export function replyOf({ status, body }: PeerAnswer): PeerReply {
  if (status === 200) return { kind: "answered", body };
  if (refusals.has(status)) return { kind: "refused", reason: `it answered ${status}`, status, body };
  return { kind: "unknown", reason: `it answered ${status}` };
}
