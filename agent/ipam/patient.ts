import { fullJitter } from "../../net/base/backoff.ts";
import type { Clock } from "../../net/base/clock.ts";
import type { Random } from "../../net/base/random.ts";
import type { CallOptions, ResourceReader } from "../../crd/kube/client_types.ts";
import type { KubeObject } from "../../crd/kube/contract.ts";
import { KubeApiError, KubeConnectionError, KubeResponseError, KubeTimeoutError } from "../../crd/kube/errors.ts";
import { heededRetryAfterMs } from "../../crd/kube/retry_after.ts";
import { reasonWith } from "./deadline.ts";

/** Pauses between tries, in milliseconds. */
const BACKOFF = { baseMs: 50, capMs: 2_000 };

/** What a patient reader waits with. */
export interface PatientOptions {
  readonly clock: Clock;
  readonly random: Random;
}

/** Reads of one Kind that a request waits for. */
export type PatientReader<T extends KubeObject> = Pick<
  ResourceReader<T>,
  "get" | "tryGet" | "getMetadata" | "list" | "listAll"
>;

/**
 * Reads that go on trying while the API server cannot be reached or asks for patience, until the call's signal is
 * aborted; then the error says what went wrong last. A call without a signal is tried once: nothing would end it.
 */
export function patientReader<T extends KubeObject>(
  reader: PatientReader<T>,
  options: PatientOptions,
): PatientReader<T> {
  return {
    get: (key, call) => patiently(() => reader.get(key, call), call, options),
    tryGet: (key, call) => patiently(() => reader.tryGet(key, call), call, options),
    getMetadata: (key, call) => patiently(() => reader.getMetadata(key, call), call, options),
    list: (call) => patiently(() => reader.list(call), call, options),
    listAll: (call) => patiently(() => reader.listAll(call), call, options),
  };
}

async function patiently<T>(
  read: () => Promise<T>,
  { signal }: CallOptions = {},
  { clock, random }: PatientOptions,
): Promise<T> {
  let last: unknown;
  for (let tries = 0;; tries++) {
    try {
      return await read();
    } catch (err) {
      if (signal?.aborted) throw reasonWith(signal, last);
      if (signal === undefined || !isPassing(err)) throw err;
      last = err;
    }
    const pauseMs = Math.max(1, fullJitter(tries, { ...BACKOFF, random }), heededRetryAfterMs(last));
    await clock.sleep(pauseMs, signal).catch(() => {
      throw reasonWith(signal, last);
    });
  }
}

/** Whether asking again may help although nobody changes anything: no answer, a broken one, an overloaded server. */
function isPassing(err: unknown): boolean {
  if (err instanceof KubeApiError) return err.status === 429 || err.status === 408 || err.status >= 500;
  return err instanceof KubeConnectionError || err instanceof KubeTimeoutError || err instanceof KubeResponseError;
}
