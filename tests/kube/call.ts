/** Plain requests for tests: status and parsed body, no typed client in between. */
import type { KubeMethod, KubeTransport } from "../../crd/kube/contract.ts";
import { steadyNow, systemClock } from "../../net/base/clock.ts";
import { isObject, type Json, parseJson } from "../apiserver/json.ts";

/** A request of a test. */
export interface Call {
  readonly method: KubeMethod;
  readonly path: string;
  readonly query?: Record<string, string>;
  /** A string goes as it is, anything else as JSON. */
  readonly body?: unknown;
  readonly contentType?: string;
  readonly accept?: string;
}

/** The value at a path such as `items.0.metadata.name`; `undefined` where a step is missing. */
export function pick(json: Json, path: string): Json | undefined {
  return path.split(".").reduce<Json | undefined>((value, step) => {
    if (Array.isArray(value)) return value[Number(step)];
    return isObject(value) ? value[step] : undefined;
  }, json);
}

/** An answer. */
export interface CallResult {
  readonly status: number;
  readonly headers: Headers;
  readonly json: Json;
}

/** Sends a request and reads the whole answer. */
export async function call(transport: KubeTransport, request: Call): Promise<CallResult> {
  const { body, ...rest } = request;
  const text = body === undefined ? undefined : typeof body === "string" ? body : JSON.stringify(body);
  const response = await transport.request({ ...rest, ...(text === undefined ? {} : { body: text }) });
  const answer = await new Response(response.body).text();
  const isJson = response.headers.get("content-type")?.startsWith("application/json") ?? false;
  const json = isJson ? parseJson(answer) : { text: answer };
  return { status: response.status, headers: response.headers, json };
}

/** The body of a successful answer. */
export async function jsonCall(transport: KubeTransport, request: Call): Promise<Json> {
  const { status, json } = await call(transport, request);
  if (status >= 200 && status < 300) return json;
  throw new Error(`Cannot ${request.method} ${request.path}: ${status} ${JSON.stringify(json)}`);
}

/** Parsed lines of a watch, until the server ends it or `count` lines came. */
export async function watchLines(
  transport: KubeTransport,
  { count, ...request }: { path: string; query?: Record<string, string>; accept?: string; count: number },
): Promise<Json[]> {
  const response = await transport.request({ ...request, method: "GET", query: { ...request.query, watch: "true" } });
  if (response.body === null) throw new Error("Cannot watch: the answer has no body");
  return await readLines(response.body, count);
}

/** Parsed JSON lines of a stream, until it ends or `count` lines came; then the stream is cancelled. */
export async function readLines(body: ReadableStream<Uint8Array>, count: number): Promise<Json[]> {
  const decoder = new TextDecoder();
  const lines: Json[] = [];
  let text = "";
  for await (const chunk of body) {
    const parts = (text + decoder.decode(chunk, { stream: true })).split("\n");
    text = parts.pop() ?? "";
    lines.push(...parts.map((line) => parseJson(line)));
    if (lines.length >= count) break;
  }
  return lines;
}

/** Time for what controllers do on a real server, in milliseconds: some of them look again after half a minute. */
const PATIENCE_MS = 120_000;

/** Waits until `check` says yes. @throws {Error} if it has not within two minutes */
export async function eventually(what: string, check: () => Promise<boolean>): Promise<void> {
  const untilMs = steadyNow(systemClock) + PATIENCE_MS;
  while (!await check()) {
    if (steadyNow(systemClock) > untilMs) {
      throw new Error(`Cannot go on: it did not happen within ${PATIENCE_MS / 1000} s that ${what}`);
    }
    await systemClock.sleep(20);
  }
}
