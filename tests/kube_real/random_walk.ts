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
import { namespaceReady } from "../kube/api_under_test.ts";
import { call, jsonCall, pick } from "../kube/call.ts";
import { garbageIsCollected } from "../kube/garbage.ts";
import { installCrds } from "../kube/install_crds.ts";
import { removeLeftovers } from "../kube/leftovers.ts";
import { realServer } from "../kube/real_server.ts";
import { testUnless } from "../shared/skip.ts";
import { WALK_NODE } from "./walk/kinds.ts";
import { shownDifference, walk } from "./walk/walk.ts";

const seed = Deno.env.get("SPIDERPOOL_WALK_SEED");
const seeds = seed === undefined ? [1, 2, 3, 4, 5, 6] : [Number(seed)];
const steps = Number(Deno.env.get("SPIDERPOOL_WALK_STEPS") ?? 400);

/** What every walk must have met, or it has shown nothing. */
const expected = [
  ...["POST 201", "POST 409", "POST 422", "PUT 200", "PUT 409", "PATCH 200", "PATCH 409", "PATCH 422"],
  ...["GET 200", "GET 404", "DELETE 200", "DELETE 404", "watch 200"],
];

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
    const { differences, tally } = await walk({ servers, namespace, prefix, random: seededRandom(seed), steps });
    assert.deepEqual(differences.map(shownDifference), []);
    assert.deepEqual(expected.filter((answer) => tally[answer] === undefined), [], "the walk has seen too little");
  } finally {
    await removeLeftovers(real, { namespace, prefix });
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
