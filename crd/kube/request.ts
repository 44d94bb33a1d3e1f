/** One request from the typed client to the transport and back: deadline, bounds, errors. */
import { chunksOf, readAnswer } from "./body.ts";
import type { CallOptions } from "./client_types.ts";
import type { KubeRequest, KubeResponse, KubeTransport } from "./contract.ts";
import { Deadline } from "./deadline.ts";
import type { Decode } from "./decode.ts";
import { KubeResponseError } from "./errors.ts";
import { requestLabel } from "./path.ts";
import { apiErrorOfAnswer } from "./status.ts";
import { type Clock, steadyNow } from "../../net/base/clock.ts";

/** What all requests of one client share. */
export interface Sender {
  readonly transport: KubeTransport;
  readonly clock: Clock;
  /** Milliseconds per request unless the call says otherwise. */
  readonly timeoutMs: number;
  /** Longest answer in bytes. */
  readonly maxBodyBytes: number;
}

/**
 * Sends `request` and reads its whole answer.
 *
 * @throws {KubeApiError} for an answer that is not 2xx
 * @throws {KubeResponseError} if the answer is not what `decode` takes
 * @throws {KubeConnectionError} | {KubeTimeoutError} | the reason of the call's signal
 */
export async function sendFor<T>(
  sender: Sender,
  request: KubeRequest,
  { decode, call = {} }: { readonly decode: Decode<T>; readonly call?: CallOptions | undefined },
): Promise<T> {
  const label = requestLabel(request);
  const { timeoutMs = sender.timeoutMs, signal } = call;
  using deadline = new Deadline({ clock: sender.clock, timeoutMs, signal, request: label });
  const response = await sender.transport.request({ ...request, signal: deadline.signal });
  await throwUnlessOk(sender, response, { request, callerSignal: signal, signal: deadline.signal });
  const options = { request: label, signal: deadline.signal, maxBytes: sender.maxBodyBytes };
  return decoded(await readAnswer(response, options), { decode, label });
}

/** Options of {@linkcode openStream}. */
export interface StreamOptions {
  readonly call: CallOptions;
  /** Milliseconds after its start at which the stream must have ended. */
  readonly lifetimeMs: number;
  /** Milliseconds without a byte after which the stream counts as dead; absent: only `lifetimeMs` ends it. */
  readonly idleTimeoutMs?: number | undefined;
}

/**
 * Sends `request` and gives the bytes of its answer as they come.
 *
 * @throws {KubeApiError} for an answer that is not 2xx
 * @throws {KubeTimeoutError} if the stream does not start, go on, or end in time
 */
export async function* openStream(
  sender: Sender,
  request: KubeRequest,
  { call, lifetimeMs, idleTimeoutMs = Infinity }: StreamOptions,
): AsyncGenerator<Uint8Array, void, undefined> {
  const label = requestLabel(request);
  const { clock, transport } = sender;
  const { timeoutMs = sender.timeoutMs, signal } = call;
  using deadline = new Deadline({ clock, timeoutMs, signal, request: label });
  const response = await transport.request({ ...request, signal: deadline.signal });
  await throwUnlessOk(sender, response, { request, callerSignal: signal, signal: deadline.signal });
  const endAt = steadyNow(clock) + lifetimeMs;
  const restart = () => deadline.restart(Math.min(idleTimeoutMs, endAt - steadyNow(clock)));
  restart();
  for await (const chunk of chunksOf(response.body, { request: label, signal: deadline.signal })) {
    restart();
    yield chunk;
  }
}

async function throwUnlessOk(
  { maxBodyBytes }: Sender,
  response: KubeResponse,
  { request, signal, callerSignal }: {
    readonly request: KubeRequest;
    readonly signal: AbortSignal;
    readonly callerSignal: AbortSignal | undefined;
  },
): Promise<void> {
  const { status, headers } = response;
  if (status >= 200 && status < 300) return;
  const label = requestLabel(request);
  const text = await readAnswer(response, { request: label, signal, maxBytes: maxBodyBytes }).catch((err) => {
    // The status alone is a definite answer: a body that breaks off does not make the outcome unknown.
    if (callerSignal?.aborted) throw err;
    return "";
  });
  throw apiErrorOfAnswer({ status, headers, text, method: request.method, request: label });
}

function decoded<T>(text: string, { decode, label }: { decode: Decode<T>; label: string }): T {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new KubeResponseError(label, "it is not JSON", { cause });
  }
  try {
    return decode(json);
  } catch (cause) {
    throw new KubeResponseError(label, cause instanceof Error ? cause.message : String(cause), { cause });
  }
}
