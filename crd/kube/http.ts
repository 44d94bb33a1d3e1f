import type { KubeRequest, KubeResponse, KubeTransport } from "./contract.ts";
import { discard } from "./body.ts";
import { KubeConnectionError } from "./errors.ts";
import { requestLabel } from "./path.ts";

/** The `Authorization` header, made afresh for each request. */
export interface Authorization {
  /** @returns the header's value, such as `Bearer …`; `undefined` for none */
  header(): Promise<string | undefined>;
  /**
   * Told when the server refused the value (401).
   *
   * @param refused the value that was sent; others may have met that already. @default the last one
   * @returns whether another value may be had: the request is then sent once more
   */
  renew(refused?: string): Promise<boolean>;
}

/** Options of {@linkcode httpTransport}. */
export interface HttpTransportOptions {
  /** Base URL, `http:` or `https:`, may have a path: `https://10.96.0.1:443`. */
  readonly server: string;
  /** TLS settings; absent: the runtime's own. Closed with the transport. */
  readonly client?: Deno.HttpClient | undefined;
  /** @default none */
  readonly authorization?: Authorization | undefined;
  /** For the server's audit log and its default field manager. @default "spiderpool" */
  readonly userAgent?: string | undefined;
}

/** A transport that owns connections. */
export interface HttpTransport extends KubeTransport, Disposable {
  /** Base URL of the API server, without a trailing slash. */
  readonly server: string;
}

/**
 * A transport over `fetch`. Redirects are not followed: a token goes to the configured server only.
 *
 * @throws {TypeError} if `server` is not an http or https URL, or carries credentials
 */
export function httpTransport({ server, client, authorization, userAgent }: HttpTransportOptions): HttpTransport {
  const base = checkedServer(server);
  const connection: Connection = { base, client, authorization, userAgent: userAgent ?? "spiderpool" };
  return {
    server: base,
    request: (request) => send(connection, request),
    [Symbol.dispose]: () => client?.close(),
  };
}

interface Connection {
  readonly base: string;
  readonly client: Deno.HttpClient | undefined;
  readonly authorization: Authorization | undefined;
  readonly userAgent: string;
}

async function send(connection: Connection, request: KubeRequest): Promise<KubeResponse> {
  const { response, credentials } = await sendOnce(connection, request);
  if (response.status !== 401 || !await connection.authorization?.renew(credentials)) return response;
  discard(response.body);
  return (await sendOnce(connection, request)).response;
}

/** An answer, and the header that was sent for it. */
interface Sent {
  readonly response: KubeResponse;
  readonly credentials: string | undefined;
}

async function sendOnce(connection: Connection, request: KubeRequest): Promise<Sent> {
  const { base, client } = connection;
  request.signal?.throwIfAborted();
  try {
    const credentials = await connection.authorization?.header();
    const response = await fetch(`${base}${request.path}${searchOf(request)}`, {
      method: request.method,
      headers: headersOf(request, { userAgent: connection.userAgent, credentials }),
      redirect: "manual",
      body: request.body ?? null,
      signal: request.signal ?? null,
      ...(client !== undefined && { client }),
    });
    const { status, headers, body } = response;
    return { response: { status, headers, body, bytes: () => response.bytes() }, credentials };
  } catch (cause) {
    request.signal?.throwIfAborted();
    throw new KubeConnectionError(requestLabel(request), { cause });
  }
}

/** Answers come uncompressed: what packing a large pool costs the API server is dearer than the bytes inside a cluster. */
function headersOf(
  request: KubeRequest,
  { userAgent, credentials }: { readonly userAgent: string; readonly credentials: string | undefined },
): Record<string, string> {
  return {
    "accept": request.accept ?? "application/json",
    "accept-encoding": "identity",
    "user-agent": userAgent,
    ...(request.body !== undefined && { "content-type": request.contentType ?? "application/json" }),
    ...(credentials !== undefined && { authorization: credentials }),
  };
}

function searchOf({ query }: KubeRequest): string {
  const search = new URLSearchParams(query).toString();
  return search === "" ? "" : `?${search}`;
}

function checkedServer(server: string): string {
  const url = URL.canParse(server) ? new URL(server) : undefined;
  if (url === undefined || (url.protocol !== "http:" && url.protocol !== "https:")) {
    throw new TypeError(`Cannot use API server ${JSON.stringify(server)}: it is not an http or https URL`);
  }
  if (url.username !== "" || url.password !== "") {
    throw new TypeError(`Cannot use API server at ${url.host}: its URL carries a user name or password`);
  }
  return `${url.origin}${url.pathname}`.replace(/\/+$/, "");
}
