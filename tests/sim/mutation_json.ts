import type { KubeRequest, KubeResponse, KubeTransport } from "../../crd/kube/contract.ts";

/** A pool as JSON, as far as mutations look. */
export interface PoolJson {
  metadata: { name: string; resourceVersion: string };
  status?: { allocatedIPs?: string; allocatedIPCount?: number };
}

/** Name of the pool that `request` reads whole or writes the status of. */
export function poolOf({ path }: KubeRequest): string | undefined {
  return /\/spiderippools\/([^/?]+)/.exec(path)?.[1];
}

/** Whether `request` reads one pool, all of it. */
export function isPoolRead(request: KubeRequest): boolean {
  return request.method === "GET" && poolOf(request) !== undefined && request.query?.watch === undefined &&
    request.accept?.includes("PartialObjectMetadata") !== true;
}

/** Whether `request` writes the records of a pool. */
export function isPoolWrite(request: KubeRequest): boolean {
  return request.method === "PUT" && poolOf(request) !== undefined;
}

/** `transport` whose reads of single pools are changed by `change`. */
export function withPoolReads(transport: KubeTransport, change: (pool: PoolJson) => void): KubeTransport {
  return {
    async request(request) {
      const response = await transport.request(request);
      if (!isPoolRead(request) || response.status !== 200) return response;
      const pool = await readJson<PoolJson>(response);
      change(pool);
      return jsonResponse(pool);
    },
  };
}

/** `transport` whose answers on Pods, watches too, read as `change` makes them; a chunk of a watch is of whole lines. */
export function withPodTexts(transport: KubeTransport, change: (text: string) => string): KubeTransport {
  const [decoder, encoder] = [new TextDecoder(), new TextEncoder()];
  return {
    async request(request) {
      const response = await transport.request(request);
      if (!/\/pods(\/|$)/.test(request.path) || response.body === null) return response;
      const changed = new TransformStream<Uint8Array, Uint8Array>({
        transform: (chunk, controller) => controller.enqueue(encoder.encode(change(decoder.decode(chunk)))),
      });
      const { status, body } = response;
      return { status, headers: new Headers(), body: body.pipeThrough(changed) };
    },
  };
}

/** Records of a pool, changed in place by `change`. */
export function changeRecords(
  pool: PoolJson,
  change: (records: Record<string, { pod: string; podUid: string }>) => void,
): void {
  const records = JSON.parse(pool.status?.allocatedIPs ?? "{}");
  change(records);
  const allocatedIPCount = Object.keys(records).length;
  pool.status = { ...pool.status, allocatedIPs: JSON.stringify(records), allocatedIPCount };
}

/** An answer that names a pool and its version, nothing else. */
export function metadataAnswer({ name, resourceVersion }: PoolJson["metadata"]): KubeResponse {
  const metadata = { name, resourceVersion, uid: "", creationTimestamp: "2026-01-01T00:00:00Z" };
  return jsonResponse({ apiVersion: "meta.k8s.io/v1", kind: "PartialObjectMetadata", metadata });
}

/** Body of an answer. */
export async function readJson<T>({ body }: KubeResponse): Promise<T> {
  return JSON.parse(await new Response(body as ReadableStream<Uint8Array<ArrayBuffer>>).text());
}

/** An answer with `json` as its body. */
export function jsonResponse(json: unknown, status = 200): KubeResponse {
  const headers = new Headers({ "content-type": "application/json" });
  return { status, headers, body: new Response(JSON.stringify(json)).body };
}
