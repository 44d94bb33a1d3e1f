import type { Clock } from "../../../net/base/clock.ts";
import type { KubeTransport } from "../../../crd/kube/contract.ts";
import { isRecord } from "../../../crd/kube/decode.ts";
import { sendFor } from "../../../crd/kube/request.ts";

/** Who a token belongs to, as the API server says. */
export type ReviewVerdict =
  | { readonly kind: "authenticated"; readonly username: string; readonly audiences: readonly string[] }
  | { readonly kind: "refused" };

/** Asks the API server about a token. */
export type ReviewToken = (token: string, audience: string) => Promise<ReviewVerdict>;

const PATH = "/apis/authentication.k8s.io/v1/tokenreviews";
/** How long the API server may take, in milliseconds; who waits gives up earlier. */
const TIMEOUT_MS = 5_000;
const MAX_ANSWER_BYTES = 256 * 1024;

/** {@linkcode ReviewToken} by TokenReview (Kubernetes API reference, `TokenReview v1 authentication.k8s.io`). */
export function tokenReviewer(transport: KubeTransport, { clock }: { readonly clock: Clock }): ReviewToken {
  const sender = { transport, clock, timeoutMs: TIMEOUT_MS, maxBodyBytes: MAX_ANSWER_BYTES };
  return async function review(token, audience) {
    const body = JSON.stringify({
      apiVersion: "authentication.k8s.io/v1",
      kind: "TokenReview",
      spec: { token, audiences: [audience] },
    });
    return await sendFor(sender, { method: "POST", path: PATH, body }, { decode: verdictOf });
  };
}

function verdictOf(json: unknown): ReviewVerdict {
  const status = isRecord(json) && isRecord(json.status) ? json.status : {};
  const user = isRecord(status.user) ? status.user : {};
  if (status.authenticated !== true || typeof user.username !== "string") return { kind: "refused" };
  const audiences = Array.isArray(status.audiences) ? status.audiences.filter((item) => typeof item === "string") : [];
  return { kind: "authenticated", username: user.username, audiences };
}
