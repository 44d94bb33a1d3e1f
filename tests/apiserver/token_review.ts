/** ServiceAccount tokens and TokenReview. Source: Kubernetes API reference, `TokenReview v1 authentication.k8s.io`. */
import type { Clock } from "../../net/base/clock.ts";
import { type ApiAnswer, errorAnswer, jsonAnswer } from "./answer.ts";
import { arrayOr, at, type JsonObject, objectOr, parseJson, stringOf } from "./json.ts";
import type { ApiRequest } from "./request.ts";
import { badRequest } from "./request_refusals.ts";
import { ApiError } from "./api_error.ts";

/** What a token says. */
export interface TokenFacts {
  /** `system:serviceaccount:<namespace>:<name>`. */
  readonly username: string;
  readonly audiences: readonly string[];
  /** Milliseconds since the epoch. */
  readonly expiresMs: number;
}

const PATH = "/apis/authentication.k8s.io/v1/tokenreviews";

/** Issues tokens, and tells whose they are. */
export class TokenAuthority {
  readonly #clock: Clock;
  readonly #issued = new Map<string, TokenFacts>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** A token as the kubelet projects it: a JWT, whose signature only this authority can tell. */
  issue(facts: TokenFacts): string {
    const { username: sub, audiences: aud, expiresMs } = facts;
    const payload = { aud, exp: Math.floor(expiresMs / 1000), iss: "https://kubernetes.default.svc", sub };
    const signed = `${base64url({ alg: "RS256", kid: "embedded" })}.${base64url(payload)}`;
    const token = `${signed}.${base64url(this.#issued.size)}`;
    this.#issued.set(token, facts);
    return token;
  }

  /** Answers a TokenReview; `undefined` for any other request. */
  answer(request: ApiRequest): ApiAnswer | undefined {
    if (request.method !== "POST" || request.path !== PATH) return undefined;
    try {
      return jsonAnswer(201, JSON.stringify(this.#review(objectOr(parseJson(request.body)))));
    } catch (err) {
      return errorAnswer(err instanceof ApiError ? err : badRequest("the body is not JSON"));
    }
  }

  #review(body: JsonObject): JsonObject {
    const token = stringOf(at(body, "spec", "token")) ?? "";
    if (token === "") throw badRequest("token is required for TokenReview in authentication");
    const asked = arrayOr(at(body, "spec", "audiences")).map(String);
    const facts = this.#issued.get(token);
    const audiences = facts?.audiences.filter((audience) => asked.includes(audience)) ?? [];
    const isGood = facts !== undefined && facts.expiresMs > this.#clock.now() && audiences.length > 0;
    const status: JsonObject = isGood
      ? { authenticated: true, user: { username: facts.username, groups: ["system:serviceaccounts"] }, audiences }
      : { user: {}, error: "[invalid bearer token, token lookup failed]" };
    return { kind: "TokenReview", apiVersion: "authentication.k8s.io/v1", metadata: {}, ...body, status };
  }
}

function base64url(json: unknown): string {
  return btoa(JSON.stringify(json)).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}
