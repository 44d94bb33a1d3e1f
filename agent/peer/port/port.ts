import type { Clock } from "../../../net/base/clock.ts";
import type { Log } from "../../../net/base/log.ts";
import type { Random } from "../../../net/base/random.ts";
import { type Authorization, fileToken, type KubeTransport } from "../../../crd/kube/mod.ts";
import type { ServerLoad } from "../../server/mod.ts";
import type { PeerCommitter } from "../committer.ts";
import type { Monotonic, PeerDirectory, PeerExchange } from "../contract.ts";
import type { PeerObserver } from "../observer.ts";
import { Authenticator } from "./authenticator.ts";
import { type Certificate, makeCertificate } from "./certificate.ts";
import { ClusterDirectory } from "./directory.ts";
import { Publication } from "./publication.ts";
import { PeerServer } from "./server.ts";
import { TlsExchange } from "./tls_exchange.ts";
import { tokenClaimsOf } from "./token_claims.ts";
import { tokenReviewer } from "./token_reviews.ts";

const DAY_MS = 24 * 60 * 60 * 1000;
const CERTIFICATE_MS: CertificateTimes = { valid: 30 * DAY_MS, used: 20 * DAY_MS, announced: 60_000 };
/** Between two tries to listen, in milliseconds: the port may still be another process's, or the token not be there. */
const LISTEN_PAUSE_MS = { least: 5_000, most: 300_000 };
const TIDY_MS = 15_000;
const GRACE_MS = 2_000;

/** How long a certificate is valid, after how long it is replaced, and since when peers know the next one, in milliseconds. */
export interface CertificateTimes {
  readonly valid: number;
  readonly used: number;
  readonly announced: number;
}

/** What a {@linkcode PeerPort} is made of. */
export interface PeerPortOptions {
  readonly transport: KubeTransport;
  /** Namespace and node of this agent. */
  readonly namespace: string;
  readonly node: string;
  /** Addresses to listen on. */
  readonly hostnames: readonly string[];
  readonly port: number;
  /** File of the token for peers, which the kubelet renews. */
  readonly tokenPath: string;
  /** @default valid for 30 days, replaced after 20, the next one known for a minute before that */
  readonly certificateMs?: CertificateTimes;
  readonly clock: Clock;
  readonly monotonic: Monotonic;
  readonly random: Random;
  readonly log: Log;
  /** @default nobody is told */
  readonly observer?: Pick<PeerObserver, "turnedAway"> | undefined;
}

/** The peer port of an agent in a cluster: who the others are, the way to them, and the door for them. */
export class PeerPort {
  readonly directory: PeerDirectory;
  readonly exchange: PeerExchange;
  readonly #options: PeerPortOptions;
  readonly #directory: ClusterDirectory;
  readonly #authorization: Authorization;
  readonly #exchange: TlsExchange;
  readonly #publication: Publication;
  readonly #authenticator: Authenticator;
  #username: string | undefined;
  #server: PeerServer | undefined;
  #committer: PeerCommitter | undefined;

  constructor(options: PeerPortOptions) {
    const { transport, namespace, node, tokenPath, clock, monotonic, log } = options;
    this.#options = options;
    this.directory = this.#directory = new ClusterDirectory({
      ...options,
      self: node,
      onCertificates: () => this.#publication.look(),
    });
    this.#authorization = fileToken(tokenPath, { clock });
    this.exchange = this.#exchange = new TlsExchange({ authorization: this.#authorization, clock });
    this.#publication = new Publication({ ...options, namespace, published: () => this.#directory.published });
    this.#authenticator = new Authenticator({
      review: tokenReviewer(transport, { clock }),
      username: () => this.#username,
      clock,
      monotonic,
      log,
    });
  }

  /** How full the port is; nothing before it is served. */
  load(): ServerLoad {
    return this.#server?.load() ?? { connections: 0, waiting: 0, evicted: 0, largeBodyBytes: 0 };
  }

  /** Connections to other agents that are open now. */
  get connections(): number {
    return this.#exchange.connections;
  }

  /** Serves peers and follows the cluster until `signal` is aborted. Failures are logged and tried again. */
  async run(committer: PeerCommitter, signal: AbortSignal): Promise<void> {
    this.#committer = committer;
    this.#server = new PeerServer({ ...this.#options, committer, authenticator: this.#authenticator });
    await Promise.all([
      this.#directory.run(signal),
      this.#publication.run(signal),
      this.#keepListening(signal),
      this.#keepTidy(signal),
    ]);
  }

  /**
   * Takes nothing more from peers, and has them ask somebody else from now on. What they asked before goes on, and this
   * node's own requests still get their answers. Never rejects.
   */
  async handOver(): Promise<void> {
    this.#committer?.stop();
    await this.#publication.withdraw();
  }

  /** Finishes what peers asked, and ends. Called when no request of this node runs any more. */
  async close(): Promise<void> {
    await Promise.all([this.handOver(), this.#server?.stop(GRACE_MS)]);
    this.#exchange.close();
  }

  /** Replaces the certificate long before it ends; peers know the next one before it is used. */
  async #keepListening(signal: AbortSignal): Promise<void> {
    const { clock, certificateMs: { valid, used, announced } = CERTIFICATE_MS } = this.#options;
    let old: Certificate | undefined;
    while (!signal.aborted) {
      const next = await makeCertificate({ nowMs: clock.now(), validMs: valid });
      if (old !== undefined) {
        this.#publication.publish(`${next.certificate}${old.certificate}`);
        await clock.sleep(announced, signal).catch(ignoreStop);
      }
      await this.#listen(next, signal);
      this.#publication.publish(`${next.certificate}${old?.certificate ?? ""}`);
      old = next;
      await clock.sleep(used, signal).catch(ignoreStop);
    }
  }

  async #listen(certificate: Certificate, signal: AbortSignal): Promise<void> {
    const { clock, log, port } = this.#options;
    for (let pauseMs = LISTEN_PAUSE_MS.least; !signal.aborted; pauseMs = Math.min(2 * pauseMs, LISTEN_PAUSE_MS.most)) {
      try {
        this.#username ??= await this.#ownUsername();
        await this.#server!.listen(certificate, { graceMs: GRACE_MS });
        return log.info("serves peers", { port });
      } catch (err) {
        log.warn("cannot serve peers yet", { port, err });
        await clock.sleep(pauseMs, signal).catch(ignoreStop);
      }
    }
  }

  /** The user name of all agents: they share one ServiceAccount. */
  async #ownUsername(): Promise<string> {
    const header = await this.#authorization.header() ?? "";
    const claims = tokenClaimsOf(header.replace(/^Bearer /, ""));
    if (claims !== undefined) return claims.subject;
    throw new TypeError(`Cannot tell the agents' user name: ${this.#options.tokenPath} holds no ServiceAccount token`);
  }

  async #keepTidy(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.#options.clock.sleep(TIDY_MS, signal).catch(ignoreStop);
      this.#exchange.tidy();
    }
  }
}

function ignoreStop(): void {
  // The loop sees it by its signal.
}
