import { abortable } from "../../net/base/abort.ts";
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
import type { LifeNote, PeerDirectory } from "./contract.ts";
import { type DoubtKey, Doubts } from "./doubts.ts";
import { type Former, formerAfter } from "./former.ts";
import { PeerLane } from "./lane.ts";
import { type PeerLink, type PeerLinkDeps, timeoutOf } from "./link.ts";
import { PeerLinks } from "./links.ts";
import { Lives } from "./lives.ts";
import { handedOverOutcomeOf, type PeerObserver } from "./observer.ts";
import { sleepUntil } from "./sleep_until.ts";
import { MAX_TEXT } from "./wire.ts";

/** Times that peers may refuse one request or give it up for another reason than time, before the own writer does it. */
const MAX_FAILURES = 2;
/**
 * How long peers are asked about one request, in milliseconds. The deadline ends it earlier, unless somebody has set the
 * clock meanwhile.
 */
const MAX_ASKING_MS = 30_000;
/** Pools per peer after which those that nobody uses are forgotten. */
const MAX_LANES = 256;

/** The writers of this process. */
export interface OwnClaims extends PoolClaims {
  /**
   * Resolves when the writers know what a predecessor of this process may have left under way. What is begun before the
   * first call counts as the predecessor's.
   */
  prepare(): Promise<void>;
  /** A write that no writer here knows of may be on its way to the pool. */
  distrust(pool: string): void;
  /** Whether a write may be on its way that only the writer here can answer for. */
  isDoubtful(pool: string): boolean;
}

/** What {@linkcode PeerClaims} works with. */
export interface PeerClaimsDeps extends Omit<PeerLinkDeps, "lives"> {
  readonly own: OwnClaims;
  readonly directory: PeerDirectory;
  /** What this process tells the one after it. @default none: each waits at its start for the longest life of a request */
  readonly note?: LifeNote | undefined;
  /** @default nobody is told */
  readonly observer?: Pick<PeerObserver, "handedOver" | "fellBack"> | undefined;
}

/**
 * Hands claims and releases to the agent that should write the pool (claim protocol, rule 2), or does them itself.
 *
 * Who writes is a hint: what makes an address unique is the resourceVersion alone. What is decided here is that no
 * request is worked on twice in a way that anybody could notice. After an outcome that is not known, nothing more is
 * asked about the Pod until the peer refuses the request for sure. Then the same process is asked again if it lives: it
 * knows what became of its writes. If it does not, this agent's own writer answers, with a write.
 */
export class PeerClaims implements PoolClaims {
  readonly #deps: PeerClaimsDeps;
  readonly #links: PeerLinks;
  readonly #lives: Lives;
  /** By peer and pool; those of a peer that is gone end with it. */
  readonly #lanes = new WeakMap<PeerLink, Map<string, PeerLane>>();
  readonly #doubts = new Doubts();
  readonly #quietUntilMs: number;
  #preparing: Promise<void> | undefined;
  #isPrepared = false;

  constructor(deps: PeerClaimsDeps) {
    const { note, monotonic, log } = deps;
    this.#deps = deps;
    this.#lives = new Lives({ timeoutNow: () => timeoutOf(deps), monotonic, log, ...(note && { note }) });
    this.#links = new PeerLinks(deps.directory, { ...deps, lives: this.#lives });
    this.#quietUntilMs = monotonic() + this.#lives.inheritedMs;
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
    await abortable(this.prepare(), options.signal);
    await this.#doubts.over(keyOf(request), options.signal);
    if (!this.#lives.mayAsk()) return undefined;
    const { own, monotonic, observer } = this.#deps;
    const untilMs = monotonic() + MAX_ASKING_MS;
    let isHandedOver = false;
    let former: Former | undefined;
    let text: string | undefined;
    try {
      // A peer that lives and is late is asked again until too little time is left.
      for (let failures = 0; failures < MAX_FAILURES && monotonic() < untilMs && !own.isDoubtful(request.pool);) {
        const link = this.#linkFor(request, former);
        if (link === undefined) break;
        text ??= encodeOneRequest(request);
        if (text.length > MAX_TEXT) break;
        const asked = await this.#lane(link, request.pool).ask({ request, text, options, epoch: former?.epoch });
        former = formerAfter(asked, { link, former });
        const counted = handedOverOutcomeOf(asked);
        if (counted !== undefined) observer?.handedOver(request.kind, counted);
        isHandedOver ||= counted !== undefined;
        if (asked.kind === "done") return asked.outcome;
        if (asked.kind === "short" || asked.kind === "gone") break;
        if (asked.kind === "refused" || (asked.kind === "failed" && !asked.isLate)) failures++;
        if (asked.kind === "unknown") await this.#doubts.over(keyOf(request), options.signal);
      }
    } finally {
      if (former !== undefined) this.#shutOut(request, former);
    }
    if (isHandedOver) observer?.fellBack(request.kind);
    return undefined;
  }

  /** Whom to ask; a peer that may have a write of the request on its way, and no other, as long as it lives. */
  #linkFor({ pool }: PeerRequest, former: Former | undefined): PeerLink | undefined {
    if (former === undefined) return this.#links.committerOf(pool);
    return former.link.isUsable ? former.link : undefined;
  }

  /**
   * The peer may have sent a write of it whose answer was lost, and nobody asks it any more: nobody but that peer knows.
   * When it can begin no other one, a write of our own shuts it out before anything is said of the Pod.
   */
  #shutOut(request: PeerRequest, { untilMs }: Former): void {
    const { own, monotonic } = this.#deps;
    if (untilMs <= monotonic()) return own.distrust(request.pool);
    const end = sleepUntil(untilMs, this.#deps).then(() => own.distrust(request.pool));
    this.#doubts.add([keyOf(request)], end);
  }

  #lane(link: PeerLink, pool: string): PeerLane {
    const lanes = this.#lanes.get(link) ?? new Map<string, PeerLane>();
    this.#lanes.set(link, lanes);
    const known = lanes.get(pool);
    if (known !== undefined) return known;
    if (lanes.size >= MAX_LANES) { for (const [name, lane] of lanes) if (lane.isIdle) lanes.delete(name); }
    const { clock, monotonic } = this.#deps;
    const onUnknown = (requests: readonly PeerRequest[], untilMs: number) =>
      this.#doubts.add(requests.map(keyOf), sleepUntil(untilMs, this.#deps));
    const lane = new PeerLane({ link, pool, clock, monotonic, onUnknown });
    lanes.set(pool, lane);
    return lane;
  }

  async #prepare(): Promise<void> {
    await this.#deps.own.prepare(); // first: what requests note while they wait here is no predecessor's
    await sleepUntil(this.#quietUntilMs, this.#deps);
    this.#lives.begin();
    this.#isPrepared = true;
  }
}

function keyOf(request: PeerRequest): DoubtKey {
  return { pool: request.pool, podUid: request.kind === "claim" ? request.identity.podUid : request.podUid };
}
