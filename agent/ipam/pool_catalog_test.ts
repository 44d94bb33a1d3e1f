import assert from "node:assert/strict";
import { silentLog } from "../../net/base/log.ts";
import type { SpiderIPPool } from "../../crd/generated/mod.ts";
import type { KubeList, ObjectMeta, PartialObjectMetadata } from "../../crd/kube/contract.ts";
import { KubeApiError, KubeConnectionError } from "../../crd/kube/errors.ts";
import { Store } from "../../crd/kube/store.ts";
import { PoolCatalog } from "./pool_catalog.ts";

const { signal } = new AbortController();

function pool(name: string, generation: number, changes: Partial<ObjectMeta> = {}): SpiderIPPool {
  return {
    apiVersion: "spiderpool.spidernet.io/v2beta1",
    kind: "SpiderIPPool",
    metadata: { name, uid: `uid-${name}`, generation, ...changes },
    spec: { subnet: `10.${generation}.0.0/24`, ips: [] },
    status: { allocatedIPs: "{}" },
  };
}

/** Pools as the API server has them, and as the watch has them. */
function catalogOf(...pools: readonly SpiderIPPool[]) {
  const server = new Map(pools.map((pool) => [pool.metadata.name, pool]));
  const metadata = new Store<PartialObjectMetadata>({ log: silentLog });
  const reads: string[] = [];
  const catalog = new PoolCatalog({
    metadata,
    pools: {
      get({ name }) {
        reads.push(name);
        const found = server.get(name);
        if (found !== undefined) return Promise.resolve(found);
        return Promise.reject(new KubeApiError({ status: 404, reason: "NotFound", message: "gone", request: "GET" }));
      },
      list({ continue: token = "0", limit = 1 } = {}): Promise<KubeList<SpiderIPPool>> {
        const from = Number(token);
        const to = from + limit;
        reads.push(`list ${from}`);
        const items = [...server.values()].slice(from, to);
        const more = to < server.size ? { continue: String(to) } : {};
        return Promise.resolve({ items, resourceVersion: "1", ...more });
      },
    },
  });
  function watched({ metadata: meta }: SpiderIPPool): void {
    metadata.put({ apiVersion: "meta.k8s.io/v1", kind: "PartialObjectMetadata", metadata: meta });
  }
  return { catalog, server, metadata, reads, watched };
}

function subnets(pools: readonly SpiderIPPool[]): string[] {
  return pools.map(({ metadata: { name, generation }, spec }) => `${name} ${generation} ${spec?.subnet}`);
}

Deno.test("PoolCatalog.warm() reads in pages, list() then reads nothing and has no status", async () => {
  const many = Array.from({ length: 120 }, (_, i) => pool(`p${i}`, 1));
  const { catalog, reads, watched } = catalogOf(...many);
  many.forEach(watched);
  await catalog.warm(signal);
  assert.deepEqual(reads, ["list 0", "list 50", "list 100"]);
  const listed = await catalog.list(signal);
  assert.deepEqual([listed.length, reads.length], [120, 3]);
  assert.ok(listed.every((pool) => !("status" in pool)));
});

Deno.test("PoolCatalog.list() reads a spec whose generation changed, and only that", async () => {
  const { catalog, server, reads, watched } = catalogOf(pool("a", 1), pool("b", 1));
  for (const known of server.values()) watched(known);
  await catalog.warm(signal);
  server.set("b", pool("b", 2));
  watched(pool("b", 2));
  assert.deepEqual(subnets(await catalog.list(signal)), ["a 1 10.1.0.0/24", "b 2 10.2.0.0/24"]);
  assert.deepEqual(reads.slice(1), ["b"]);
});

Deno.test("PoolCatalog.list() takes labels and deletion from the watch without reading", async () => {
  const { catalog, reads, watched } = catalogOf(pool("a", 1));
  await catalog.warm(signal);
  watched(pool("a", 1, { labels: { team: "x" }, deletionTimestamp: "2026-01-01T00:00:00Z" }));
  const [listed] = await catalog.list(signal);
  assert.deepEqual([listed?.metadata.labels, listed?.metadata.deletionTimestamp, reads.length], [
    { team: "x" },
    "2026-01-01T00:00:00Z",
    1,
  ]);
});

Deno.test("PoolCatalog.list() leaves out what the watch does not know, and what is gone", async () => {
  const { catalog, server, watched } = catalogOf(pool("a", 1), pool("b", 1));
  await catalog.warm(signal);
  assert.deepEqual(await catalog.list(signal), []);
  watched(pool("a", 1));
  watched(pool("b", 2)); // changed, then deleted before it was read
  server.delete("b");
  assert.deepEqual(subnets(await catalog.list(signal)), ["a 1 10.1.0.0/24"]);
});

Deno.test("PoolCatalog.refresh() gets ahead of the watch: what was read counts with its generation", async () => {
  const { catalog, server, watched } = catalogOf(pool("a", 1));
  watched(pool("a", 1));
  await catalog.warm(signal);
  server.set("a", pool("a", 3));
  await catalog.refresh(["a"], signal);
  assert.deepEqual(subnets(await catalog.list(signal)), ["a 3 10.3.0.0/24"]);
});

Deno.test("PoolCatalog.list() gives a pool made anew its own UID, although the watch still has the old one", async () => {
  const { catalog, server, watched } = catalogOf(pool("a", 5));
  watched(pool("a", 5));
  await catalog.warm(signal);
  server.set("a", pool("a", 1, { uid: "uid-new" }));
  await catalog.refresh(["a"], signal);
  const [listed] = await catalog.list(signal);
  assert.deepEqual([listed?.metadata.uid, listed?.metadata.generation, listed?.spec?.subnet], [
    "uid-new",
    1,
    "10.1.0.0/24",
  ]);
});

Deno.test("PoolCatalog.forget() drops a spec: a pool of the same name is read again", async () => {
  const { catalog, reads, watched } = catalogOf(pool("a", 1));
  watched(pool("a", 1));
  await catalog.warm(signal);
  catalog.forget("a");
  await catalog.list(signal);
  assert.deepEqual(reads, ["list 0", "a"]);
});

Deno.test("PoolCatalog.list() fails as a whole when a spec cannot be read", async () => {
  const metadata = new Store<PartialObjectMetadata>({ log: silentLog });
  metadata.put({ apiVersion: "meta.k8s.io/v1", kind: "PartialObjectMetadata", metadata: pool("a", 1).metadata });
  const err = new KubeConnectionError("GET /x");
  const failing = { get: () => Promise.reject(err), list: () => Promise.reject(err) };
  await assert.rejects(new PoolCatalog({ metadata, pools: failing }).list(signal), err);
});
