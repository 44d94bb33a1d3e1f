import type { Clock } from "../../net/base/clock.ts";
import type { Random } from "../../net/base/random.ts";
import { discard } from "./body.ts";
import type { KubeRequest, KubeResponse, KubeTransport } from "./contract.ts";
import { parseRetryAfter } from "./status.ts";

/** Options of {@linkcode retrying}. */
export interface RetryingOptions {
  readonly clock: Clock;
  readonly random: Random;
  /** Longest total wait of one request, in milliseconds; an answer that wants more is given to the caller. @default 10000 */
  readonly maxWaitMs?: number | undefined;
}

/**
 * A transport that waits when the server says `Retry-After`, and a random part of as much again, so that not all come
 * back at once. The request's signal ends the wait.
 *
 * 429 is repeated for every verb: the server refused before it did anything. 503 only for reads: proxies also say it
 * for connections that broke after the request was sent, and a repeated write would then meet its own success.
 */
export function retrying(transport: KubeTransport, options: RetryingOptions): KubeTransport {
  return { request: (request) => requestPatiently(transport, request, options) };
}

async function requestPatiently(
  transport: KubeTransport,
  request: KubeRequest,
  { clock, random, maxWaitMs = 10_000 }: RetryingOptions,
): Promise<KubeResponse> {
  let leftMs = maxWaitMs;
  while (true) {
    const response = await transport.request(request);
    const askedMs = waitMsOf(request, response);
    if (askedMs === undefined || askedMs > leftMs) return response;
    discard(response.body);
    const waitMs = Math.min(leftMs, askedMs * (1 + random()));
    leftMs -= waitMs;
    await clock.sleep(waitMs, request.signal);
  }
}

function waitMsOf({ method }: KubeRequest, { status, headers }: KubeResponse): number | undefined {
  if (status !== 429 && !(status === 503 && method === "GET")) return undefined;
  const waitMs = parseRetryAfter(headers.get("retry-after"));
  // "Retry-After: 0" as one millisecond: a loop without any wait would never end.
  return waitMs === undefined ? undefined : Math.max(1, waitMs);
}
