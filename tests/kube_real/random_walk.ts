/**
 * The embedded API beside the real one, step by step: see `walk/`. `SPIDERPOOL_WALK_SEED` and `SPIDERPOOL_WALK_STEPS` choose one walk and its length.
 */
import assert from "node:assert/strict";
import { systemClock } from "../../net/base/clock.ts";
import { seededRandom, systemRandom } from "../../net/base/random.ts";
import { kubeconfigTransport, type KubeTransport } from "../../crd/kube/mod.ts";
import { objectOr } from "../apiserver/json.ts";
import { EmbeddedApi } from "../apiserver/server.ts";
import { readSpiderpoolCrds } from "../apiserver/spiderpool_crds.ts";
import { installCrds, namespaceReady, removePools } from "../kube/api_under_test.ts";
import { call, eventually, jsonCall, pick } from "../kube/call.ts";
import { realServer } from "../kube/real_server.ts";
import { testUnless } from "../shared/skip.ts";
import { WALK_NODE } from "./walk/kinds.ts";
import { shownDifference, walk } from "./walk/walk.ts";

const seed = Deno.env.get("SPIDERPOOL_WALK_SEED");
const seeds = seed === undefined ? [1, 2, 3, 4, 5, 6] : [Number(seed)];
const steps = Number(Deno.env.get("SPIDERPOOL_WALK_STEPS") ?? 400);

const server = realServer();
const reason = server?.hasControllers ? undefined : "needs kube-controller-manager";

for (const seed of seeds) {
  testUnless(reason, {
    name: `real API: the embedded API answers alike on a random walk: seed ${seed}, ${steps} steps`,
    async fn() {
      using transport = await kubeconfigTransport(server?.kubeconfig ?? "", { clock: systemClock });
      await installCrds(transport);
      await garbageIsCollected(transport);
      await walkBeside(transport, seed);
    },
  });
}

async function walkBeside(real: KubeTransport, seed: number): Promise<void> {
  const prefix = `w${crypto.randomUUID().slice(0, 8)}`;
  const namespace = `${prefix}-ns`;
  const crds = readSpiderpoolCrds();
  const embedded =
    new EmbeddedApi({ clock: systemClock, random: systemRandom, crds, fieldOwnership: "always" }).transport;
  const servers = [embedded, real] as const;
  try {
    for (const transport of servers) await prepare(transport, namespace);
    await copyRootCertificate(servers, namespace);
    const differences = await walk({ servers, namespace, prefix, random: seededRandom(seed), steps });
    assert.deepEqual(differences.map(shownDifference), []);
  } finally {
    await removePools(real, prefix);
    await call(real, { method: "DELETE", path: `/api/v1/namespaces/${namespace}` });
    await call(real, { method: "DELETE", path: `/api/v1/nodes/${WALK_NODE}` });
  }
}

/** Both servers start with the same: pools of others would show in lists. */
async function prepare(transport: KubeTransport, namespace: string): Promise<void> {
  await call(transport, { method: "POST", path: "/api/v1/nodes", body: { metadata: { name: WALK_NODE } } });
  await jsonCall(transport, { method: "POST", path: "/api/v1/namespaces", body: { metadata: { name: namespace } } });
  const pools = await jsonCall(transport, {
    method: "GET",
    path: "/apis/spiderpool.spidernet.io/v2beta1/spiderippools",
  });
  assert.deepEqual(pick(pools, "items"), [], "the walk needs a server without SpiderIPPools");
}

/** A controller puts a ConfigMap into each namespace of a real cluster; the embedded one gets a copy. */
async function copyRootCertificate(
  [embedded, real]: readonly [KubeTransport, KubeTransport],
  namespace: string,
): Promise<void> {
  await namespaceReady(real, namespace);
  const path = `/api/v1/namespaces/${namespace}/configmaps`;
  const found = objectOr(await jsonCall(real, { method: "GET", path: `${path}/kube-root-ca.crt` }));
  const { name, annotations = {} } = objectOr(found.metadata);
  const body = { metadata: { name, annotations }, data: found.data };
  await jsonCall(embedded, { method: "POST", path, body });
}

/** The collector looks for new Kinds only every half minute: waits until it knows ours. */
async function garbageIsCollected(transport: KubeTransport): Promise<void> {
  const path = "/apis/spiderpool.spidernet.io/v2beta1/spiderippools";
  const pool = (name: string, metadata: Record<string, unknown> = {}) => ({
    apiVersion: "spiderpool.spidernet.io/v2beta1",
    kind: "SpiderIPPool",
    metadata: { name, ...metadata },
    spec: { subnet: "10.0.0.0/24" },
  });
  const name = `gc-${crypto.randomUUID().slice(0, 8)}`;
  const uid = crypto.randomUUID();
  const owner = { apiVersion: "spiderpool.spidernet.io/v2beta1", kind: "SpiderIPPool", name: "nobody", uid };
  await jsonCall(transport, { method: "POST", path, body: pool(name, { ownerReferences: [owner] }) });
  const isGone = async () => (await call(transport, { method: "GET", path: `${path}/${name}` })).status === 404;
  for (let tries = 0; tries < 9 && !(await isGone()); tries++) {
    await eventually("a SpiderIPPool without its owner is gone", isGone).catch(() => {});
  }
  assert.ok(await isGone(), "owner garbage collection knows SpiderIPPools");
}
