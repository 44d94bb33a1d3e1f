/** The server over HTTP/1.1 on loopback. */
import http from "node:http";
import type { KubeMethod } from "../../crd/kube/contract.ts";
import { type ApiAnswer, errorAnswer } from "./answer.ts";
import { maxBodyBytes } from "./body.ts";
import { protobufToJson, protobufType } from "./protobuf.ts";
import type { ApiRequest } from "./request.ts";
import { methodNotAllowed, tooLarge } from "./request_refusals.ts";
import { ApiError } from "./api_error.ts";
import { type Frontend, runWithFaults } from "./transport.ts";

/** A running HTTP server. */
export interface ServedApi {
  /** Such as `http://127.0.0.1:41001`. */
  readonly url: string;
  /** A kubeconfig for kubectl, as YAML (JSON). */
  kubeconfig(): string;
  /** Ends all watches and connections, then the server. */
  shutdown(): Promise<void>;
}

const methods: readonly string[] = ["GET", "POST", "PUT", "PATCH", "DELETE"];

/** Listens; port 0 chooses a free one. */
export async function serveHttp(
  frontend: Frontend,
  { hostname = "127.0.0.1", port = 0 }: { hostname?: "127.0.0.1"; port?: number },
): Promise<ServedApi> {
  const open = new Set<AbortController>();
  const server = http.createServer((request, response) => {
    const closed = new AbortController();
    open.add(closed);
    response.on("close", () => {
      open.delete(closed);
      closed.abort(new Error("the client closed the connection"));
    });
    answerHttp(frontend, { request, response, signal: closed.signal }).catch(() => response.destroy());
  });
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(port, hostname, resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("Cannot serve the API: no TCP port was opened");
  const url = `http://${hostname}:${address.port}`;
  return { url, kubeconfig: () => kubeconfigText(url), shutdown: () => shutdown(server, open) };
}

async function shutdown(server: http.Server, open: ReadonlySet<AbortController>): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  for (const controller of open) controller.abort(new Error("the server shuts down"));
  server.closeAllConnections();
  await closed;
}

interface Exchange {
  readonly request: http.IncomingMessage;
  readonly response: http.ServerResponse;
  readonly signal: AbortSignal;
}

async function answerHttp(frontend: Frontend, exchange: Exchange): Promise<void> {
  const { request, response, signal } = exchange;
  try {
    const outcome = await runWithFaults(frontend, await readRequest(request, signal));
    if (outcome === "lost") response.socket?.destroy();
    else await sendAnswer(outcome, exchange);
  } catch (err) {
    if (!(err instanceof ApiError)) throw err;
    await sendAnswer(errorAnswer(err), exchange);
  }
}

async function readRequest(request: http.IncomingMessage, signal: AbortSignal): Promise<ApiRequest> {
  const { method = "GET", headers, url = "/" } = request;
  if (!methods.includes(method)) throw methodNotAllowed();
  const { pathname, searchParams } = new URL(url, "http://127.0.0.1");
  const userAgent = headers["user-agent"] ?? "";
  const { body, contentType } = await readBody(request);
  return {
    client: userAgent,
    method: method as KubeMethod,
    path: pathname,
    query: Object.fromEntries(searchParams),
    body,
    contentType,
    accept: headers.accept ?? "",
    userAgent,
    signal,
  };
}

async function readBody(request: http.IncomingMessage): Promise<{ body: string; contentType: string }> {
  const contentType = request.headers["content-type"] ?? "";
  const bytes = await readBytes(request);
  if (!contentType.startsWith(protobufType)) return { body: new TextDecoder().decode(bytes), contentType };
  return { body: JSON.stringify(protobufToJson(bytes)), contentType: "application/json" };
}

async function readBytes(request: http.IncomingMessage): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of request) {
    const part: Uint8Array = chunk;
    length += part.length;
    if (length > maxBodyBytes) throw tooLarge(maxBodyBytes);
    chunks.push(part);
  }
  const bytes = new Uint8Array(length);
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.length;
  }
  return bytes;
}

async function sendAnswer(answer: ApiAnswer, { response, signal }: Exchange): Promise<void> {
  const { status, contentType, headers, body } = answer;
  if (typeof body === "string") {
    const bytes = new TextEncoder().encode(body);
    response.writeHead(status, { ...headers, "content-type": contentType, "content-length": bytes.length });
    response.end(bytes);
    return;
  }
  response.writeHead(status, { ...headers, "content-type": contentType });
  response.flushHeaders();
  await sendStream(body, { response, signal });
}

async function sendStream(
  body: ReadableStream<Uint8Array>,
  { response, signal }: { response: http.ServerResponse; signal: AbortSignal },
): Promise<void> {
  try {
    for await (const chunk of body) await written(response, { chunk, signal });
    response.end();
  } catch {
    response.socket?.destroy(); // the watch was cut, or the client has gone
  }
}

/** Waits until a chunk is on its way: what was sent before a cut arrives. */
function written(
  response: http.ServerResponse,
  { chunk, signal }: { chunk: Uint8Array; signal: AbortSignal },
): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    signal.addEventListener("abort", abort, { once: true });
    response.write(chunk, () => {
      signal.removeEventListener("abort", abort);
      resolve();
    });
  });
}

function kubeconfigText(server: string): string {
  const config = {
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: "embedded", cluster: { server } }],
    users: [{ name: "embedded", user: {} }],
    contexts: [{ name: "embedded", context: { cluster: "embedded", user: "embedded", namespace: "default" } }],
    "current-context": "embedded",
  };
  return `${JSON.stringify(config, null, 2)}\n`;
}
