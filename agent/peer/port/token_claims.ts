/** What a ServiceAccount token says of itself. Nothing is verified: only the API server can. */
export interface TokenClaims {
  /** `system:serviceaccount:<namespace>:<name>`. */
  readonly subject: string;
  readonly audiences: readonly string[];
  /** Milliseconds since the epoch. */
  readonly expiresMs: number;
}

/** Longest token that is looked at, in characters; the API server's own have about 1000. */
export const MAX_TOKEN_LENGTH = 8192;

/** Reads the payload of a JWT (RFC 7519); `undefined` if it is none, or lacks what a ServiceAccount's has. */
export function tokenClaimsOf(token: string): TokenClaims | undefined {
  const parts = token.split(".");
  if (token.length > MAX_TOKEN_LENGTH || parts.length !== 3) return undefined;
  const payload = tryParse(parts[1]!);
  const { sub, aud, exp } = payload ?? {};
  const audiences = typeof aud === "string" ? [aud] : Array.isArray(aud) ? aud.filter(isText) : [];
  if (!isText(sub) || typeof exp !== "number" || !Number.isFinite(exp)) return undefined;
  return { subject: sub, audiences, expiresMs: exp * 1000 };
}

function tryParse(part: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const bytes = Uint8Array.from(atob(part.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
    const json: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
    return typeof json === "object" && json !== null && !Array.isArray(json) ? { ...json } : undefined;
  } catch {
    return undefined; // no base64, no UTF-8, no JSON: no token
  }
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}
