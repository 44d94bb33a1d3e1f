import { createHash } from "node:crypto";
import type { Clock } from "../../../net/base/clock.ts";
import type { Log } from "../../../net/base/log.ts";
import { TokenBucket } from "../../../net/base/token_bucket.ts";
import type { Monotonic } from "../contract.ts";
import { type TokenClaims, tokenClaimsOf } from "./token_claims.ts";
import type { ReviewToken } from "./token_reviews.ts";

/** Audience of the tokens that agents show each other, and of no others. */
export const AUDIENCE = "spiderpool-peer";

/** How long the API server's word counts, in milliseconds. */
const KNOWN_MS = 5 * 60_000;
const REFUSED_MS = 60_000;
/** Between two tries to have a token reviewed again that still counts, in milliseconds. */
const RENEW_PAUSE_MS = 10_000;
/** Most tokens remembered of each kind. */
const MAX_KNOWN = 4096;
/** Clocks of nodes may differ by this, in milliseconds. */
const SKEW_MS = 60_000;
/** A cluster's agents may all come at once; whoever makes up tokens gets no further. */
const REVIEWS = { burst: 256, perSecond: 20 };

/** What an {@linkcode Authenticator} works with. */
export interface AuthenticatorDeps {
  readonly review: ReviewToken;
  /** The agents' user name, which is this agent's own; `undefined` while that is not known. */
  readonly username: () => string | undefined;
  readonly clock: Clock;
  readonly monotonic: Monotonic;
  readonly log: Log;
}

/** Whether somebody is an agent: 200, or the status that says why not. */
export type AuthStatus = 200 | 401 | 403 | 429 | 503;

interface Known {
  readonly untilMs: number;
  /** From when on it is asked again while it is used. */
  readonly renewAtMs: number;
}

/**
 * Tells agents from strangers by their tokens. What a token says of itself is looked at first, then what is remembered
 * of it; only then the API server is asked, once for all that show the same token at the time.
 */
export class Authenticator {
  readonly #deps: AuthenticatorDeps;
  readonly #known = new Map<string, Known>();
  /** Until when a token counts as refused. */
  readonly #refused = new Map<string, number>();
  readonly #reviews = new Map<string, Promise<AuthStatus>>();
  readonly #bucket: TokenBucket;

  constructor(deps: AuthenticatorDeps) {
    this.#deps = deps;
    this.#bucket = new TokenBucket({ ...REVIEWS, monotonic: deps.monotonic });
  }

  /** Whether the token in an `Authorization` header is known to be an agent's. Asks nobody. */
  isKnown(authorization: string | undefined): boolean {
    const token = bearerOf(authorization);
    const hash = token === undefined ? "" : hashOf(token);
    const known = this.#known.get(hash);
    const now = this.#deps.monotonic();
    if (token === undefined || known === undefined || now >= known.untilMs) return false;
    if (now >= known.renewAtMs) {
      this.#known.set(hash, { ...known, renewAtMs: now + RENEW_PAUSE_MS }); // if that fails, not at once again
      void this.#reviewed(hash, token);
    }
    return true;
  }

  /** Whether the token in an `Authorization` header is an agent's; asks the API server where needed. */
  async authenticate(authorization: string | undefined): Promise<AuthStatus> {
    const token = bearerOf(authorization);
    if (token === undefined) return 401;
    const username = this.#deps.username();
    if (username === undefined) return 503;
    const flaw = flawOf(tokenClaimsOf(token), { username, nowMs: this.#deps.clock.now() });
    if (flaw !== undefined) return flaw;
    if (this.isKnown(authorization)) return 200;
    const hash = hashOf(token);
    if (this.#deps.monotonic() < (this.#refused.get(hash) ?? -Infinity)) return 401;
    return await this.#reviewed(hash, token);
  }

  #reviewed(hash: string, token: string): Promise<AuthStatus> {
    const running = this.#reviews.get(hash);
    if (running !== undefined) return running;
    if (!this.#bucket.take()) return Promise.resolve(429);
    const review = this.#review(hash, token).finally(() => this.#reviews.delete(hash));
    this.#reviews.set(hash, review);
    return review;
  }

  async #review(hash: string, token: string): Promise<AuthStatus> {
    const { review, username, clock, monotonic, log } = this.#deps;
    try {
      const verdict = await review(token, AUDIENCE);
      const isAgent = verdict.kind === "authenticated" && verdict.username === username() &&
        verdict.audiences.includes(AUDIENCE);
      if (!isAgent) {
        this.#known.delete(hash);
        remember(this.#refused, hash, monotonic() + REFUSED_MS);
        return verdict.kind === "authenticated" ? 403 : 401;
      }
      const leftMs = (tokenClaimsOf(token)?.expiresMs ?? 0) + SKEW_MS - clock.now();
      const knownMs = Math.min(KNOWN_MS, leftMs);
      remember(this.#known, hash, { untilMs: monotonic() + knownMs, renewAtMs: monotonic() + knownMs / 2 });
      return 200;
    } catch (err) {
      log.warn("cannot have a peer's token reviewed", { err });
      return 503;
    }
  }
}

/** What is wrong with a token by its own words. */
function flawOf(
  claims: TokenClaims | undefined,
  { username, nowMs }: { readonly username: string; readonly nowMs: number },
): AuthStatus | undefined {
  if (claims === undefined || !claims.audiences.includes(AUDIENCE)) return 401;
  if (claims.expiresMs + SKEW_MS <= nowMs) return 401;
  return claims.subject === username ? undefined : 403;
}

function bearerOf(authorization: string | undefined): string | undefined {
  return /^Bearer ([\x21-\x7e]+)$/i.exec(authorization ?? "")?.[1];
}

function hashOf(token: string): string {
  return createHash("sha256").update(token).digest("base64");
}

/** Forgets the oldest when there are too many. */
function remember<T>(map: Map<string, T>, key: string, value: T): void {
  map.delete(key);
  if (map.size >= MAX_KNOWN) map.delete(map.keys().next().value!);
  map.set(key, value);
}
