/** An API server of a few lines, for tests. */
import type { FakeClock } from "../../net/base/fake_clock.ts";
import type { KubeRequest, KubeResponse, KubeTransport } from "./contract.ts";

/** Answers one request. */
export type Answer = (request: KubeRequest) => KubeResponse | Promise<KubeResponse>;

/** A transport that gives every request to a function, and remembers it. */
export interface FakeTransport extends KubeTransport {
  /** All requests so far. */
  readonly requests: KubeRequest[];
}

/**
 * A transport that answers with `answers`, one after the other; the last one answers all further requests.
 *
 * Like every transport it throws the reason of the request's signal, also while an answer is pending.
 */
export function fakeTransport(...answers: readonly Answer[]): FakeTransport {
  const requests: KubeRequest[] = [];
  return {
    requests,
    async request(request) {
      request.signal?.throwIfAborted();
      requests.push(request);
      const answer = answers[Math.min(requests.length, answers.length) - 1];
      if (answer === undefined) throw new TypeError("Cannot answer: the fake transport has no answers");
      return await unlessAborted(Promise.resolve(answer(request)), request.signal);
    },
  };
}

/** An answer in JSON. */
export function jsonAnswer(status: number, json: unknown, headers: Record<string, string> = {}): KubeResponse {
  return { status, headers: new Headers(headers), body: bodyOf(JSON.stringify(json)) };
}

/** An answer that is a failure's Status. */
export function statusAnswer(code: number, reason: string, headers: Record<string, string> = {}): KubeResponse {
  const status = { kind: "Status", apiVersion: "v1", status: "Failure", code, reason, message: `told ${reason}` };
  return jsonAnswer(code, status, headers);
}

/** A body of the given chunks. */
export function bodyOf(...chunks: readonly (string | Uint8Array)[]): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(bytesOf(chunk));
      controller.close();
    },
  });
}

/** A body that the test feeds and looks at. */
export class OpenBody {
  readonly stream: ReadableStream<Uint8Array>;
  /** Reason the reader gave up with; `undefined` while it has not. */
  cancelled: { readonly reason: unknown } | undefined;
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined;

  constructor() {
    this.stream = new ReadableStream({
      start: (controller) => void (this.#controller = controller),
      cancel: (reason) => void (this.cancelled = { reason }),
    });
  }

  send(chunk: string | Uint8Array): void {
    this.#controller?.enqueue(bytesOf(chunk));
  }

  close(): void {
    this.#controller?.close();
  }

  fail(err: unknown): void {
    this.#controller?.error(err);
  }
}

/** Lets everything run that waits for nothing but promises. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 200; turn++) await Promise.resolve();
}

/**
 * Moves `clock` from sleeper to sleeper until `promise` ends.
 *
 * @throws {Error} if it does not, although nobody sleeps any more
 */
export async function drive<T>(clock: FakeClock, promise: Promise<T>): Promise<T> {
  let ended = false;
  const end = () => void (ended = true);
  promise.then(end, end);
  for (await settled(); !ended; await settled()) {
    const next = clock.next();
    if (next === undefined) throw new Error("Cannot go on: the promise is pending and nobody sleeps");
    clock.advance(next - clock.now());
  }
  return await promise;
}

function bytesOf(chunk: string | Uint8Array): Uint8Array {
  return typeof chunk === "string" ? new TextEncoder().encode(chunk) : chunk;
}

function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  return new Promise((resolve, reject) => {
    signal?.addEventListener("abort", () => reject(signal.reason), { once: true });
    promise.then(resolve, reject);
  });
}
