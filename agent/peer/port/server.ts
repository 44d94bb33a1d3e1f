import type { Clock } from "../../../net/base/clock.ts";
import type { Log } from "../../../net/base/log.ts";
import { type HttpServer, serveHttp, type ServerLoad } from "../../server/mod.ts";
import type { Certificate } from "./certificate.ts";
import { admitPeer, peerHandler, type PeerHandlerDeps } from "./handler.ts";

/** Connections of all peers at a time: a few of each of a thousand agents. */
const MAX_CONNECTIONS = 2048;

/** How often it is tried to listen again where this process itself listened a moment ago. */
const REBIND = { tries: 20, pauseMs: 10 };

/** Bounds of one connection; times in milliseconds. */
const BOUNDS = {
  maxHeadBytes: 16 * 1024,
  maxBodyBytes: 1024 * 1024,
  firstByteTimeoutMs: 5_000,
  headTimeoutMs: 5_000,
  requestTimeoutMs: 10_000,
  idleTimeoutMs: 60_000, // the peers' own connections end earlier
  writeTimeoutMs: 10_000,
};

/** What a {@linkcode PeerServer} needs. */
export interface PeerServerDeps extends PeerHandlerDeps {
  /** Addresses to listen on. */
  readonly hostnames: readonly string[];
  readonly port: number;
  readonly clock: Clock;
  readonly log: Log;
}

/** The peer port: HTTPS on each address, with a certificate that may be replaced. */
export class PeerServer {
  readonly #deps: PeerServerDeps;
  #servers: readonly HttpServer[] = [];
  /** Those with a former certificate that still finish what they are at. */
  #leaving: readonly HttpServer[] = [];
  /** What those that have ended closed for others' sake. */
  #evicted = 0;

  constructor(deps: PeerServerDeps) {
    this.#deps = deps;
  }

  /**
   * Listens with `certificate`, no longer with another one. Connections under the other finish what they are at.
   *
   * @returns the ports, in the order of the addresses
   * @throws {Error} when an address cannot be listened on; nothing is served then
   */
  async listen(certificate: Certificate, { graceMs }: { readonly graceMs: number }): Promise<readonly number[]> {
    const { clock, log } = this.#deps;
    const former = this.#servers;
    this.#leaving = [...this.#leaving, ...former];
    this.#servers = [];
    this.#end(former, graceMs).catch((err) => log.error("cannot stop the peer port", { err }));
    for (let triesLeft = REBIND.tries;; triesLeft--) {
      try {
        return this.#bind(certificate);
      } catch (err) {
        if (!(err instanceof Deno.errors.AddrInUse) || triesLeft === 0) throw err;
      }
      await clock.sleep(REBIND.pauseMs); // the runtime lets go of a closed listener a little later
    }
  }

  /** How full it is, on all addresses together. */
  load(): ServerLoad {
    const none: ServerLoad = { connections: 0, waiting: 0, evicted: this.#evicted, largeBodyBytes: 0 };
    return [...this.#servers, ...this.#leaving].map((server) => server.load()).reduce(sumOf, none);
  }

  /** Closes the listeners of former servers at once. Resolves when their last request has ended. */
  async #end(former: readonly HttpServer[], graceMs: number): Promise<void> {
    await Promise.all(former.map((server) => server.stop(graceMs)));
    this.#leaving = this.#leaving.filter((server) => !former.includes(server));
    for (const server of former) this.#evicted += server.load().evicted;
  }

  #bind({ certificate: cert, key }: Certificate): readonly number[] {
    const { hostnames, port } = this.#deps;
    const listeners: Deno.TlsListener[] = [];
    try {
      for (const hostname of hostnames) listeners.push(Deno.listenTls({ hostname, port, cert, key }));
    } catch (err) {
      for (const listener of listeners) listener.close();
      throw err;
    }
    this.#servers = listeners.map((listener) => this.#serve(listener));
    return listeners.map(({ addr }) => addr.port);
  }

  /** Accepts nothing more, and lets running requests go on for `graceMs` milliseconds. */
  async stop(graceMs: number): Promise<void> {
    await Promise.all(this.#servers.map((server) => server.stop(graceMs)));
  }

  #serve(listener: Deno.TlsListener): HttpServer {
    const { clock, log } = this.#deps;
    const bounds = { ...BOUNDS, admit: admitPeer(this.#deps) };
    return serveHttp(listener, {
      handler: peerHandler(this.#deps),
      clock,
      log,
      bounds,
      maxConnections: MAX_CONNECTIONS,
    });
  }
}

function sumOf(a: ServerLoad, b: ServerLoad): ServerLoad {
  return {
    connections: a.connections + b.connections,
    waiting: a.waiting + b.waiting,
    evicted: a.evicted + b.evicted,
    largeBodyBytes: a.largeBodyBytes + b.largeBodyBytes,
  };
}
