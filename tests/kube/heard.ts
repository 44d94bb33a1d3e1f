import type { KubeRequest, KubeResponse, KubeTransport } from "../../crd/kube/contract.ts";
import { operationOf } from "../../crd/kube/counting.ts";
import { arrayOr, type Json, parseJson, stringOf } from "../apiserver/json.ts";
import { call, eventually, pick } from "./call.ts";

/** A selection of objects that a client lists, then watches. */
interface Followed {
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  /** resourceVersion by UID, as the list and the watch have told. */
  readonly versions: Map<string, string>;
  /** Of the watch; absent before it has begun. */
  signal?: AbortSignal | undefined;
}

/** What agents on a real API server are told: tests wait for that and not for some time. */
export class Heard {
  readonly #transports: HeardTransport[] = [];

  /** A transport for one agent. */
  through(transport: KubeTransport): KubeTransport {
    const heard = new HeardTransport(transport);
    this.#transports.push(heard);
    return heard;
  }

  /** Waits until the watches of all agents have told what the API server has. */
  async all(): Promise<void> {
    await eventually("the watches of all agents have told everything", async () => {
      return (await Promise.all(this.#transports.map((heard) => heard.hasHeardAll()))).every(Boolean);
    });
  }
}

/** A transport that notes what its watches tell. */
class HeardTransport implements KubeTransport {
  readonly #transport: KubeTransport;
  readonly #followed = new Map<string, Followed>();

  constructor(transport: KubeTransport) {
    this.#transport = transport;
  }

  /** Like the transport below. */
  async request(request: KubeRequest): Promise<KubeResponse> {
    const response = await this.#transport.request(request);
    if (response.status !== 200) return response;
    if (request.query?.watch === "true") return this.#watched(request, response);
    return operationOf(request).startsWith("list ") ? await this.#listed(request, response) : response;
  }

  /** Whether each watch that runs has told everything that the API server has now. */
  async hasHeardAll(): Promise<boolean> {
    const running = [...this.#followed.values()].filter(({ signal }) => signal !== undefined && !signal.aborted);
    return (await Promise.all(running.map((followed) => this.#isUpToDate(followed)))).every(Boolean);
  }

  async #isUpToDate({ path, query, versions }: Followed): Promise<boolean> {
    const { status, json } = await call(this.#transport, { method: "GET", path, query });
    const items = arrayOr(pick(json, "items"));
    return status === 200 && items.length === versions.size &&
      items.every((item) => versions.get(uidOf(item)) === versionOf(item));
  }

  /** The first list of a selection is what its watch goes on from. */
  async #listed(request: KubeRequest, { status, headers, body }: KubeResponse): Promise<KubeResponse> {
    const text = await new Response(body).text();
    const key = keyOf(request);
    const known = this.#followed.get(key);
    if (known === undefined || known.signal?.aborted) {
      const items = arrayOr(pick(parseJson(text), "items"));
      const versions = new Map(items.map((item) => [uidOf(item), versionOf(item)]));
      this.#followed.set(key, { path: request.path, query: selectorsOf(request), versions });
    }
    return { status, headers, body: new Response(text).body };
  }

  #watched(request: KubeRequest, response: KubeResponse): KubeResponse {
    const followed = this.#followed.get(keyOf(request));
    if (followed === undefined || response.body === null) return response;
    followed.signal = request.signal ?? new AbortController().signal;
    const { status, headers } = response;
    return { status, headers, body: response.body.pipeThrough(noting(followed.versions)) };
  }
}

/** Notes the events of a watch on their way. */
function noting(versions: Map<string, string>): TransformStream<Uint8Array, Uint8Array> {
  const decoder = new TextDecoder();
  let text = "";
  return new TransformStream({
    transform(chunk, controller) {
      const lines = (text + decoder.decode(chunk, { stream: true })).split("\n");
      text = lines.pop() ?? "";
      for (const line of lines) noteEvent(versions, parseJson(line));
      controller.enqueue(chunk);
    },
  });
}

function noteEvent(versions: Map<string, string>, event: Json): void {
  const type = pick(event, "type");
  const object = pick(event, "object") ?? null;
  if (type === "DELETED") versions.delete(uidOf(object));
  else if (type === "ADDED" || type === "MODIFIED") versions.set(uidOf(object), versionOf(object));
}

function keyOf(request: KubeRequest): string {
  return JSON.stringify([request.path, selectorsOf(request)]);
}

function selectorsOf({ query: { labelSelector, fieldSelector } = {} }: KubeRequest): Record<string, string> {
  return {
    ...(labelSelector !== undefined && { labelSelector }),
    ...(fieldSelector !== undefined && { fieldSelector }),
  };
}

function uidOf(object: Json): string {
  return stringOf(pick(object, "metadata.uid")) ?? "";
}

function versionOf(object: Json): string {
  return stringOf(pick(object, "metadata.resourceVersion")) ?? "";
}
