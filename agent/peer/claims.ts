import { abortable } from "../../net/base/abort.ts";
import type { Clock } from "../../net/base/clock.ts";
import type {
  ClaimOutcome,
  ClaimRequest,
  PoolClaims,
  QuarantineOutcome,
  QuarantineRequest,
  ReleaseOutcome,
  ReleaseRequest,
  RequestOptions,
} from "../../crd/ipam/requests.ts";
import { encodeOneRequest, type PeerRequest } from "./commit_request.ts";
import type { PeerDirectory } from "./contract.ts";
import { Doubts } from "./doubts.ts";
import { type Asked, PeerLane } from "./lane.ts";
import type { PeerLink, PeerLinkDeps } from "./link.ts";
import { PeerLinks } from "./links.ts";
import { sleepUntil } from "./sleep_until.ts";
import { MAX_TEXT } from "./wire.ts";

/** Peers asked about one request, before this agent's own writer does it. */
const MAX_TRIES = 2;
/** Pools per peer after which those that nobody uses are forgotten. */
const MAX_LANES = 256;

/** The writers of this process. */
export interface OwnClaims extends PoolClaims {
  /** Resolves when the writers know what a predecessor of this process may have left under way. */
  prepare(): Promise<void>;
  /** A write that no writer here knows of may be on its way to the pool. */
  distrust(pool: string): void;
  /** Whether a write may be on its way that only the writer here can answer for. */
  isDoubtful(pool: string): boolean;
}

/** What {@linkcode PeerClaims} works with. */
export interface PeerClaimsDeps extends PeerLinkDeps {
  readonly own: OwnClaims;
  readonly directory: PeerDirectory;
  readonly clock: Clock;
}

/**
 * Hands claims and releases to the agent that should write the pool (claim protocol, rule 2), or does them itself.
 *
 * Who writes is a hint: what makes an address unique is the resourceVersion alone. What is decided here is that no
 * request is worked on twice in a way that anybody could notice. After an outcome that is not known, nothing more is
 * asked about the Pod until the peer refuses the request for sure; then this agent's own writer answers, with a write.
 */
export class PeerClaims implements PoolClaims {
  readonly #deps: PeerClaimsDeps;
  readonly #links: PeerLinks;
  /** By peer and pool; those of a peer that is gone end with it. */
  readonly #lanes = new WeakMap<PeerLink, Map<string, PeerLane>>();
  readonly #doubts = new Doubts();
  readonly #quietUntilMs: number;
  #preparing: Promise<void> | undefined;
  #isPrepared = false;

  constructor(deps: PeerClaimsDeps) {
    this.#deps = deps;
    this.#links = new PeerLinks(deps.directory, deps);
    this.#quietUntilMs = deps.monotonic() + longestLifeMs(deps.timeoutMs);
  }

  /** Whether nothing that a predecessor of this process asked for is worked on any more, by peers or by itself. */
  get isPrepared(): boolean {
    return this.#isPrepared;
  }

  /** Resolves when {@linkcode isPrepared}; nothing is asked or written before. */
  prepare(): Promise<void> {
    this.#preparing ??= this.#prepare().catch((err) => {
      this.#preparing = undefined;
      throw err;
    });
    return this.#preparing;
  }

  async claim(request: ClaimRequest, options: RequestOptions): Promise<ClaimOutcome> {
    const outcome = await this.#askPeers(request, options);
    return outcome === undefined ? await this.#deps.own.claim(request, options) : outcome as ClaimOutcome; // checked by the lane
  }

  async release(request: ReleaseRequest, options: RequestOptions): Promise<ReleaseOutcome> {
    const outcome = await this.#askPeers(request, options);
    return outcome === undefined ? await this.#deps.own.release(request, options) : outcome as ReleaseOutcome; // checked by the lane
  }

  /** Rare: this agent's own writer does it. */
  async quarantine(request: QuarantineRequest, options: RequestOptions): Promise<QuarantineOutcome> {
    const { pool, identity: { podUid } } = request;
    await abortable(this.prepare(), options.signal);
    await this.#doubts.over({ pool, podUid }, options.signal);
    return await this.#deps.own.quarantine(request, options);
  }

  /** @returns `undefined` if the own writer is to do it */
  async #askPeers(request: PeerRequest, options: RequestOptions): Promise<ClaimOutcome | ReleaseOutcome | undefined> {
    const { own } = this.#deps;
    const { pool } = request;
    await abortable(this.prepare(), options.signal);
    await this.#doubts.over(keyOf(request), options.signal);
    let former: { readonly link: PeerLink; readonly epoch: string } | undefined;
    let text: string | undefined;
    try {
      for (let tries = 0; tries < MAX_TRIES && !own.isDoubtful(pool); tries++) {
        const link = former?.link ?? this.#links.committerOf(pool);
        if (link === undefined) break;
        text ??= encodeOneRequest(request);
        if (text.length > MAX_TEXT) break;
        const asked: Asked = await this.#lane(link, pool).ask({ request, text, options, epoch: former?.epoch });
        if (asked.kind === "failed") former = { link, epoch: asked.epoch };
        if (asked.kind === "done") {
          former = undefined;
          return asked.outcome;
        }
        if (asked.kind === "unknown") await this.#doubts.over(keyOf(request), options.signal);
        if (asked.kind === "unknown" || asked.kind === "short") break;
      }
    } finally {
      // The peer may have sent a write of it whose answer was lost: nobody but that peer knows, or a write of our own.
      if (former !== undefined) own.distrust(pool);
    }
    return undefined;
  }

  #lane(link: PeerLink, pool: string): PeerLane {
    const lanes = this.#lanes.get(link) ?? new Map<string, PeerLane>();
    this.#lanes.set(link, lanes);
    const known = lanes.get(pool);
    if (known !== undefined) return known;
    if (lanes.size >= MAX_LANES) { for (const [name, lane] of lanes) if (lane.isIdle) lanes.delete(name); }
    const { clock, monotonic } = this.#deps;
    const onUnknown = (requests: readonly PeerRequest[], untilMs: number) => this.#doubt(requests, untilMs);
    const lane = new PeerLane({ link, pool, clock, monotonic, onUnknown });
    lanes.set(pool, lane);
    return lane;
  }

  #doubt(requests: readonly PeerRequest[], untilMs: number): void {
    const { own } = this.#deps;
    const end = sleepUntil(untilMs, this.#deps).then(() => {
      for (const pool of new Set(requests.map(({ pool }) => pool))) own.distrust(pool);
    });
    this.#doubts.add(requests.map(keyOf), end);
  }

  async #prepare(): Promise<void> {
    await sleepUntil(this.#quietUntilMs, this.#deps);
    await this.#deps.own.prepare();
    this.#isPrepared = true;
  }
}

/** How long a request that was sent with `timeoutMs` may be worked on at most, in milliseconds. */
function longestLifeMs(timeoutMs: number): number {
  return 2 * timeoutMs;
}

function keyOf(request: PeerRequest): { readonly pool: string; readonly podUid: string } {
  return { pool: request.pool, podUid: request.kind === "claim" ? request.identity.podUid : request.podUid };
}
