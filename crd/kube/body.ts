import { abortable } from "../../net/base/abort.ts";
import type { KubeResponse } from "./contract.ts";
import { KubeConnectionError, KubeResponseError } from "./errors.ts";

/** How to read a body. */
export interface BodyOptions {
  /** For errors: `GET /api/v1/pods`. */
  readonly request: string;
  /** Ends the reading and cancels the body; its reason is thrown. */
  readonly signal: AbortSignal;
}

/**
 * The chunks of a body. The body is cancelled when the loop is left early.
 *
 * @throws {KubeConnectionError} if the body breaks off
 */
export async function* chunksOf(
  body: ReadableStream<Uint8Array> | null,
  { request, signal }: BodyOptions,
): AsyncGenerator<Uint8Array, void, undefined> {
  if (body === null) return;
  const reader = body.getReader();
  const cancel = () => void reader.cancel(signal.reason).catch(ignore);
  signal.addEventListener("abort", cancel, { once: true });
  if (signal.aborted) cancel();
  try {
    while (true) {
      const { done, value } = await reader.read().catch((cause) => {
        signal.throwIfAborted();
        throw new KubeConnectionError(request, { cause });
      });
      signal.throwIfAborted();
      if (done) return;
      yield value;
    }
  } finally {
    signal.removeEventListener("abort", cancel);
    cancel(); // nothing happens when the body was read to its end
  }
}

/**
 * Reads a body as text.
 *
 * @throws {KubeResponseError} if it is longer than `maxBytes` or not UTF-8
 * @throws {KubeConnectionError} if the body breaks off
 */
export async function readText(
  body: ReadableStream<Uint8Array> | null,
  options: BodyOptions & { readonly maxBytes: number },
): Promise<string> {
  const { request, maxBytes } = options;
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let text = "";
  let length = 0;
  for await (const chunk of chunksOf(body, options)) {
    length += chunk.byteLength;
    if (length > maxBytes) throw new KubeResponseError(request, `it is longer than ${maxBytes} bytes`);
    text += decodeChunk(decoder, { chunk, request });
  }
  return text + decodeChunk(decoder, { request });
}

/**
 * Reads the body of an answer as text: in one piece where its length is known and the transport can, which takes half
 * the time of a stream.
 *
 * @throws like {@linkcode readText}
 */
export async function readAnswer(
  response: KubeResponse,
  options: BodyOptions & { readonly maxBytes: number },
): Promise<string> {
  const { request, signal, maxBytes } = options;
  const inOnePiece = response.bytes !== undefined && lengthOf(response.headers) <= maxBytes;
  if (!inOnePiece) return await readText(response.body, options); // looked at only here: a stream may be made for it
  const chunk = await abortable(response.bytes(), signal).catch((cause) => {
    signal.throwIfAborted();
    throw new KubeConnectionError(request, { cause });
  });
  return decodeChunk(new TextDecoder("utf-8", { fatal: true }), { chunk, request, isLast: true });
}

/** Bytes of the body; `NaN` when the head does not tell, or tells those of a compressed one. */
function lengthOf(headers: Headers): number {
  const length = headers.get("content-length");
  return length === null || headers.has("content-encoding") ? NaN : Number(length);
}

/** Ends a body that nobody reads, so that its connection is free again. */
export function discard(body: ReadableStream<Uint8Array> | null): void {
  body?.cancel().catch(ignore);
}

function decodeChunk(
  decoder: TextDecoder,
  { chunk, request, isLast = chunk === undefined }: { chunk?: Uint8Array; request: string; isLast?: boolean },
): string {
  try {
    return decoder.decode(chunk, { stream: !isLast });
  } catch (cause) {
    throw new KubeResponseError(request, "it is not UTF-8", { cause });
  }
}

function ignore(): void {
  // The body broke while it was given up: there is nobody left to tell.
}
