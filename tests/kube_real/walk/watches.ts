/** Random watches, resumed from where a list once was, and read until they have caught up. */
import { systemClock } from "../../../net/base/clock.ts";
import type { KubeTransport } from "../../../crd/kube/contract.ts";
import { type Json, type JsonObject, parseJson } from "../../apiserver/json.ts";
import { type Call, pick } from "../../kube/call.ts";
import { inTime } from "./in_time.ts";
import { walkKinds } from "./kinds.ts";
import { normalAnswer } from "./normal.ts";
import type { Context } from "./parts.ts";
import { metadataOnly, someSelector } from "./reads.ts";
import type { Pair } from "./symbols.ts";

/** Time for events that the other server has shown, in milliseconds. */
const patienceMs = 60_000;

/** Time after the last event in which one more would show, in milliseconds. */
const lingerMs = 25;

/** A watch from the past, mostly a good one; `undefined`: there is no past of that Kind yet. */
export function watchCall({ choose, memory }: Context): Call | undefined {
  const path = memory.collection(choose.one(walkKinds));
  const past = memory.positions.filter((position) => position.path === path).slice(-6);
  if (past.length === 0) return undefined;
  const resourceVersion = choose.chance(0.95) ? choose.one(past).symbol : "abc";
  const odd = choose.one<Record<string, string>>([
    { sendInitialEvents: "yes" },
    { resourceVersionMatch: "NotOlderThan" },
    { resourceVersionMatch: "Exact" },
    { sendInitialEvents: "true", resourceVersionMatch: "Exact" },
  ]);
  return {
    method: "GET",
    path,
    query: {
      watch: "true",
      resourceVersion,
      ...someSelector({ choose, memory }),
      ...(choose.chance(0.08) ? odd : {}),
    },
    ...(choose.chance(0.1) ? { accept: metadataOnly } : {}),
  };
}

/** Whether a call is one of {@linkcode watchCall}. */
export function isWatch({ query }: Call): boolean {
  return query?.watch === "true";
}

/** What a watch answered; events are gathered by object, for in which order controllers write several is up to them. */
export interface WatchAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly json: Json;
}

/**
 * Reads a watch on both servers until it has caught up. The embedded one has all events when it answers: it tells how many the real one
 * must show.
 */
export async function watchBoth(servers: Pair<KubeTransport>, calls: Pair<Call>): Promise<Pair<WatchAnswer>> {
  const embedded = await readWatch(servers[0], { request: calls[0], atLeast: 0 });
  const real = await readWatch(servers[1], { request: calls[1], atLeast: embedded.lines.length });
  return [answerOf(embedded), answerOf(real)];
}

interface ReadWatch {
  readonly status: number;
  readonly headers: Headers;
  /** Events, or the one Status of a refusal. */
  readonly lines: readonly Json[];
}

async function readWatch(
  transport: KubeTransport,
  { request: { method, path, query = {}, accept }, atLeast }: { request: Call; atLeast: number },
): Promise<ReadWatch> {
  const options = { method, path, query, ...(accept === undefined ? {} : { accept }) };
  const { status, headers, body } = await inTime(transport.request(options), `the request for a watch of ${path}`);
  if (status !== 200 || body === null) {
    return { status, headers, lines: [parseJson(await new Response(body).text())] };
  }
  const lines: Json[] = [];
  const reader = body.getReader();
  const reading = readInto(lines, reader);
  for (let waitedMs = 0; lines.length < atLeast && waitedMs < patienceMs; waitedMs += lingerMs) {
    await systemClock.sleep(lingerMs);
  }
  await systemClock.sleep(lingerMs);
  await reader.cancel(); // surer than a signal: fetch once in a while does not hear of that
  await inTime(reading, `a watch of ${path} that was cancelled`);
  return { status, headers, lines };
}

async function readInto(lines: Json[], reader: ReadableStreamDefaultReader<Uint8Array>): Promise<void> {
  const decoder = new TextDecoder();
  let text = "";
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    const parts = (text + decoder.decode(part.value, { stream: true })).split("\n");
    text = parts.pop() ?? "";
    lines.push(...parts.map(parseJson));
  }
}

function answerOf({ status, headers, lines }: ReadWatch): WatchAnswer {
  return { status, headers, json: status === 200 ? eventsByObject(lines) : normalAnswer(lines[0] ?? null) };
}

function eventsByObject(lines: readonly Json[]): JsonObject {
  const events: Record<string, Json[]> = {};
  for (const line of lines) {
    const name = String(pick(line, "object.metadata.name"));
    (events[name] ??= []).push({
      type: pick(line, "type") ?? null,
      object: normalAnswer(pick(line, "object") ?? null),
    });
  }
  return Object.fromEntries(Object.entries(events).sort(([left], [right]) => left < right ? -1 : 1));
}
