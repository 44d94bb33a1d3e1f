import { KubeApiError } from "./errors.ts";

/** Longest time that a Retry-After is heeded, in milliseconds: some proxies ask for minutes while a server restarts. */
const MAX_RETRY_AFTER_MS = 10_000;

/** For how long the server that answered with `err` wants to be left alone, in milliseconds: 0 to 10000. */
export function heededRetryAfterMs(err: unknown): number {
  return err instanceof KubeApiError ? Math.min(err.retryAfterMs ?? 0, MAX_RETRY_AFTER_MS) : 0;
}
