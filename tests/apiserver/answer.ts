import type { ApiError } from "./api_error.ts";

/** An answer, before a transport sends it. */
export interface ApiAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Text, or the lines of a watch. */
  readonly body: string | ReadableStream<Uint8Array<ArrayBuffer>>;
}

/** An answer of JSON text. */
export function jsonAnswer(status: number, text: string, headers: Readonly<Record<string, string>> = {}): ApiAnswer {
  return { status, contentType: "application/json", headers, body: text };
}

/** An answer of plain text. */
export function textAnswer(status: number, text: string): ApiAnswer {
  return { status, contentType: "text/plain; charset=utf-8", headers: {}, body: text };
}

/** A refusal. */
export function errorAnswer(err: ApiError): ApiAnswer {
  const headers: Record<string, string> = {};
  if (err.retryAfter !== undefined) headers["retry-after"] = String(err.retryAfter);
  return jsonAnswer(err.code, JSON.stringify(err.status), headers);
}
