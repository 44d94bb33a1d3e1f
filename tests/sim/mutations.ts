/** Deliberately broken ways to the API server and to peers: the checker has to notice each of them. */
import type { PeerExchange } from "../../agent/peer/mod.ts";
import type { KubeTransport } from "../../crd/kube/contract.ts";
import {
  changeRecords,
  isPoolRead,
  isPoolWrite,
  jsonResponse,
  metadataAnswer,
  type PoolJson,
  poolOf,
  readJson,
  withPoolReads,
} from "./mutation_json.ts";
import type { SimClock } from "./sim_clock.ts";

/** For how much longer {@linkcode withoutTimeLimit} lets a committer write, in milliseconds. */
const LONG_MS = 60_000;
/** How late {@linkcode withLateRecords} writes, in milliseconds. */
const LATE_MS = 100;

/** As if the API server did not compare resourceVersions: each write of a pool wins. */
export function withoutOptimisticLocking(transport: KubeTransport): KubeTransport {
  return {
    async request(request) {
      if (!isPoolWrite(request)) return await transport.request(request);
      const path = request.path.replace("/status", "");
      const current = await readJson<Partial<PoolJson>>(await transport.request({ method: "GET", path }));
      const body = JSON.parse(request.body ?? "{}");
      if (current.metadata !== undefined) body.metadata.resourceVersion = current.metadata.resourceVersion;
      return await transport.request({ ...request, body: JSON.stringify(body) });
    },
  };
}

/** As if a writer, told of a conflict, took the new version and wrote what it had decided before. */
export function withoutRereadAfterConflict(transport: KubeTransport): KubeTransport {
  const known = new Map<string, PoolJson>();
  const conflicted = new Set<string>();
  return {
    async request(request) {
      const response = await transport.request(request);
      const pool = poolOf(request);
      if (pool === undefined) return response;
      if (isPoolWrite(request) && response.status === 409) conflicted.add(pool);
      if (!isPoolRead(request) || response.status !== 200) return response;
      const fresh = await readJson<PoolJson>(response);
      const old = known.get(pool);
      known.set(pool, fresh);
      return jsonResponse(conflicted.delete(pool) && old !== undefined ? { ...fresh, status: old.status } : fresh);
    },
  };
}

/** As if the writer answered from its cache: asked for a pool's version, it hears the one that it knows. */
export function withoutConfirmation(transport: KubeTransport): KubeTransport {
  const known = new Map<string, string>();
  return {
    async request(request) {
      const pool = poolOf(request);
      if (pool === undefined || request.query?.watch !== undefined) return await transport.request(request);
      const resourceVersion = known.get(pool);
      const asksVersion = request.method === "GET" && !isPoolRead(request);
      if (asksVersion && resourceVersion !== undefined) return metadataAnswer({ name: pool, resourceVersion });
      const response = await transport.request(request);
      const json = await readJson<Partial<PoolJson>>(response);
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
      if (!isPoolWrite(request) || ++writes % 10 !== 0) return await transport.request(request);
      return metadataAnswer(JSON.parse(request.body ?? "{}").metadata);
    },
  };
}

/** As if an ADD wrote the endpoint, and answered, before its addresses are recorded. */
export function withLateRecords(transport: KubeTransport, clock: SimClock): KubeTransport {
  return {
    async request(request) {
      if (!isPoolWrite(request)) return await transport.request(request);
      const { signal: _signal, ...unbound } = request;
      clock.sleep(LATE_MS).then(() => transport.request(unbound)).catch(() => undefined);
      return await Promise.resolve(metadataAnswer(JSON.parse(request.body ?? "{}").metadata));
    },
  };
}

/** As if endpoints were not written before the answer. */
export function withoutEndpoints(transport: KubeTransport): KubeTransport {
  return {
    async request(request) {
      const isCreate = request.method === "POST" && request.path.endsWith("/spiderendpoints");
      if (!isCreate) return await transport.request(request);
      return jsonResponse(JSON.parse(request.body ?? "{}"), 201);
    },
  };
}

/** As if records in quarantine were nobody's. */
export function withoutQuarantine(transport: KubeTransport): KubeTransport {
  return withPoolReads(transport, (pool) => {
    changeRecords(pool, (records) => {
      for (const [ip, { podUid }] of Object.entries(records)) if (podUid.startsWith("quarantine:")) delete records[ip];
    });
  });
}

/** As if a Pod of a name were believed to be the one that was read first: nothing is read live. */
export function withoutLivePods(transport: KubeTransport, clock: SimClock): KubeTransport {
  const known = new Map<string, { readonly json: unknown; readonly status: number; readonly untilMs: number }>();
  return {
    async request(request) {
      if (request.method !== "GET" || !/\/pods\/[^/]+$/.test(request.path)) return await transport.request(request);
      const cached = known.get(request.path);
      if (cached !== undefined && clock.now() < cached.untilMs) return jsonResponse(cached.json, cached.status);
      const response = await transport.request(request);
      const json = await readJson<unknown>(response);
      if (response.status === 200) known.set(request.path, { json, status: 200, untilMs: clock.now() + 60_000 });
      return jsonResponse(json, response.status);
    },
  };
}

/** As if an answer that never came meant that nothing was done. */
export function unknownAsRefused(exchange: PeerExchange): PeerExchange {
  return {
    async send(peer, message, options) {
      const reply = await exchange.send(peer, message, options);
      return reply.kind === "unknown" ? { kind: "refused", reason: reply.reason } : reply;
    },
  };
}

/** As if a committer worked on requests however late they come, for callers that have gone. */
export function withoutTimeLimit(exchange: PeerExchange): PeerExchange {
  return {
    send(peer, message, options) {
      if (message.operation !== "commit") return exchange.send(peer, message, options);
      const request = JSON.parse(message.body);
      const body = JSON.stringify({ ...request, notAfterMs: request.notAfterMs + LONG_MS });
      return exchange.send(peer, { ...message, body }, options);
    },
  };
}
