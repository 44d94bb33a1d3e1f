import type { Journal } from "../../agent/ipam/mod.ts";
import type { SpiderIPPool } from "../../crd/generated/mod.ts";
import type { KubeRequest, KubeResponse, KubeTransport } from "../../crd/kube/contract.ts";
import { PoolRecords } from "../../crd/ipam/records.ts";
import type { PoolClaims } from "../../crd/ipam/requests.ts";

/** Deliberately broken parts: the checker has to notice each of them. */

/** As if the API server did not compare resourceVersions: each write of a pool wins. */
export function withoutOptimisticLocking(transport: KubeTransport): KubeTransport {
  return {
    async request(request) {
      if (request.method !== "PUT" || !isPool(request)) return await transport.request(request);
      const current = await readJson(
        await transport.request({ method: "GET", path: request.path.replace("/status", "") }),
      );
      const body = JSON.parse(request.body ?? "{}");
      if (current.metadata !== undefined) body.metadata.resourceVersion = current.metadata.resourceVersion;
      return await transport.request({ ...request, body: JSON.stringify(body) });
    },
  };
}

/** As if the writer answered from its cache: asked for a pool's version, it hears the one that it knows. */
export function withoutConfirmation(transport: KubeTransport): KubeTransport {
  const known = new Map<string, string>();
  return {
    async request(request) {
      const pool = /\/spiderippools\/([^/?]+)/.exec(request.path)?.[1];
      if (pool === undefined || request.query?.watch !== undefined) return await transport.request(request);
      const version = known.get(pool);
      const asksVersion = request.method === "GET" && request.accept?.includes("PartialObjectMetadata") === true;
      if (asksVersion && version !== undefined) return jsonResponse(metadataOf(pool, version));
      const response = await transport.request(request);
      const json = await readJson(response);
      if (response.status === 200 && json.metadata !== undefined) known.set(pool, json.metadata.resourceVersion);
      return jsonResponse(json, response.status);
    },
  };
}

/** As if the API server forgot a write of a pool that it had confirmed, now and then. */
export function withForgottenWrites(transport: KubeTransport): KubeTransport {
  let writes = 0;
  return {
    async request(request) {
      if (request.method !== "PUT" || !isPool(request) || ++writes % 10 !== 0) return await transport.request(request);
      const { metadata } = JSON.parse(request.body ?? "{}");
      return jsonResponse(metadataOf(metadata.name, metadata.resourceVersion));
    },
  };
}

/** As if endpoints were not written before the answer. */
export function withoutEndpoints(transport: KubeTransport): KubeTransport {
  return {
    async request(request) {
      if (request.method !== "POST" || !request.path.endsWith("/spiderendpoints")) {
        return await transport.request(request);
      }
      return jsonResponse(JSON.parse(request.body ?? "{}"), 201);
    },
  };
}

/** As if an ADD noted nothing before it claims. */
export function withoutJournal(journal: Journal): Journal {
  return { ...journal, put: () => Promise.resolve() };
}

/** As if a release went by address alone, whoever holds it by now. */
export function withoutFence(claims: PoolClaims, transport: KubeTransport): PoolClaims {
  return {
    claim: (request, options) => claims.claim(request, options),
    async release(request, options) {
      const path = `/apis/spiderpool.spidernet.io/v2beta1/spiderippools/${request.pool}`;
      const pool: Partial<SpiderIPPool> = await readJson(await transport.request({ method: "GET", path }));
      const records = PoolRecords.parse(pool.status?.allocatedIPs);
      const podUid = records.get(request.addresses?.[0] ?? "")?.podUid ?? request.podUid;
      return await claims.release({ ...request, podUid }, options);
    },
  };
}

function isPool({ path }: KubeRequest): boolean {
  return path.includes("/spiderippools/");
}

function metadataOf(name: string, resourceVersion: string) {
  const metadata = { name, resourceVersion, uid: "", creationTimestamp: "2026-01-01T00:00:00Z" };
  return { apiVersion: "meta.k8s.io/v1", kind: "PartialObjectMetadata", metadata };
}

async function readJson({ body }: KubeResponse) {
  return JSON.parse(await new Response(body as ReadableStream<Uint8Array<ArrayBuffer>>).text());
}

function jsonResponse(json: unknown, status = 200): KubeResponse {
  const headers = new Headers({ "content-type": "application/json" });
  const bytes = new TextEncoder().encode(JSON.stringify(json));
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(bytes);
      controller.close();
    },
  });
  return { status, headers, body };
}
