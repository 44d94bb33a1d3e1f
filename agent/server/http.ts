/** One request as a handler sees it. */
export interface HttpRequest {
  /** As it came, such as `GET`. */
  readonly method: string;
  /** Still percent-encoded, without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** By lower-case name. */
  readonly headers: ReadonlyMap<string, string>;
  /** Also of a GET and a DELETE. */
  readonly body: Uint8Array;
  /** Whether the caller wants to use the connection again. */
  readonly keepAlive: boolean;
}

/** What a handler answers. */
export interface HttpResponse {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** JSON text unless `headers` say otherwise; without it there is no Content-Type. */
  readonly body?: string;
}

/**
 * Answers one request.
 *
 * @param signal aborted when the caller hangs up or the server stops waiting
 */
export type HttpHandler = (request: HttpRequest, signal: AbortSignal) => Promise<HttpResponse>;

/** A request that cannot be read; the connection ends after the answer. */
export class HttpError extends Error {
  override readonly name = "HttpError";

  constructor(readonly status: 400 | 401 | 404 | 408 | 413 | 431 | 503 | 505, message: string) {
    super(message);
  }
}

/** An answer in the shape of the framework's errors: `{"code":…,"message":…}`. */
export function problem(status: number, { code = status, message }: { code?: number; message: string }): HttpResponse {
  return { status, body: `${JSON.stringify({ code, message })}\n` };
}

const reasons: Readonly<Record<number, string>> = {
  200: "OK",
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  406: "Not Acceptable",
  408: "Request Timeout",
  413: "Content Too Large",
  415: "Unsupported Media Type",
  421: "Misdirected Request",
  422: "Unprocessable Content",
  429: "Too Many Requests",
  431: "Request Header Fields Too Large",
  500: "Internal Server Error",
  501: "Not Implemented",
  503: "Service Unavailable",
  505: "HTTP Version Not Supported",
};

/** Bytes of `response` on the wire (RFC 9112 §4). */
export function encodeResponse(
  response: HttpResponse,
  { keepAlive, head = false }: { keepAlive: boolean; head?: boolean },
): Uint8Array<ArrayBuffer> {
  const encoder = new TextEncoder();
  const body = encoder.encode(response.body ?? "");
  const lines = [
    `HTTP/1.1 ${response.status} ${reasons[response.status] ?? "Status"}`,
    ...(response.body === undefined || hasType(response) ? [] : ["Content-Type: application/json"]),
    ...Object.entries(response.headers ?? {}).map(([name, value]) => `${name}: ${value}`),
    `Content-Length: ${body.length}`,
    ...(keepAlive ? [] : ["Connection: close"]),
  ];
  const encodedHead = encoder.encode(`${lines.join("\r\n")}\r\n\r\n`);
  if (head) return encodedHead; // an answer to HEAD has no body
  const bytes = new Uint8Array(encodedHead.length + body.length);
  bytes.set(encodedHead);
  bytes.set(body, encodedHead.length);
  return bytes;
}

function hasType({ headers = {} }: HttpResponse): boolean {
  return Object.keys(headers).some((name) => name.toLowerCase() === "content-type");
}
