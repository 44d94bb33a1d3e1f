/** Uninstall: whatever state the cluster is in, it ends, and says what is left. */
import assert from "node:assert/strict";
import { seededRandom } from "../../net/base/random.ts";
import { clean, countObjects } from "../../controller/clean/mod.ts";
import { ourKinds } from "../../controller/clean/empty_kinds.ts";
import type { KubeTransport } from "../../crd/kube/contract.ts";
import { KubeConnectionError, operationOf } from "../../crd/kube/mod.ts";
import { type Fault, faultRules } from "../apiserver/server.ts";
import {
  agents,
  depsOf,
  left,
  OURS,
  plain,
  put,
  putEverything,
  run,
  startEmpty,
  THEIRS,
  version,
} from "./clean_world.ts";
import { interceptingTransport, statusAnswer } from "./intercepting_transport.ts";
import type { Cluster } from "./ipam_cluster.ts";
import { testIpam } from "./ipam_tests.ts";

function crdNames(cluster: Cluster): string[] {
  const names = cluster.snapshot({ group: "apiextensions.k8s.io", plural: "customresourcedefinitions" });
  return names.map(({ metadata }) => metadata.name);
}

testIpam(
  "clean() deletes all objects of all Kinds; definitions and others' objects stay; twice is harmless",
  async () => {
    await using cluster = await startEmpty();
    await putEverything(cluster);
    await cluster.pod("mine");
    assert.deepEqual(await run(cluster), []);
    assert.deepEqual(left(cluster), []);
    assert.equal(crdNames(cluster).length, 6);
    assert.equal(cluster.snapshot({ group: "", plural: "pods" }).length, 1);
    assert.deepEqual(await run(cluster), []);
  },
);

testIpam("clean() deletes the definitions when they are not kept, and copes with their absence", async () => {
  await using cluster = await startEmpty();
  await putEverything(cluster);
  await cluster.delete("/apis/apiextensions.k8s.io/v1/customresourcedefinitions/spidersubnets.spiderpool.spidernet.io");
  assert.deepEqual(await run(cluster, { keepCrds: false }), []);
  assert.deepEqual(crdNames(cluster), []);
  assert.deepEqual(await run(cluster, { keepCrds: false }), []);
});

testIpam("clean() sweeps on while definitions terminate: they wait for their last object", async () => {
  await using cluster = await startEmpty();
  const crd = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/spiderendpoints.spiderpool.spidernet.io";
  const { transport: inner } = cluster.api;
  let isTerminating = false;
  const transport = interceptingTransport(inner, async (request) => {
    if (request.path !== crd) return;
    if (request.method === "DELETE" && !isTerminating) {
      isTerminating = true; // as a server whose clean-up of instances takes a moment
      await put(cluster, "spiderendpoints", { name: "late", finalizers: [OURS] });
      return await inner.request({ method: "GET", path: crd });
    }
    if (isTerminating && left(cluster).length === 0) await inner.request({ method: "DELETE", path: crd });
  });
  assert.deepEqual(await run(cluster, { keepCrds: false, transport }), []);
  assert.deepEqual([left(cluster), crdNames(cluster)], [[], []]);
}, { onlyEmbedded: true });

testIpam("clean() leaves finalizers of others, and says what holds what", async () => {
  await using cluster = await startEmpty();
  await put(cluster, "spiderippools", { name: "p", finalizers: [OURS, THEIRS] });
  await put(cluster, "spiderendpoints", { name: "e", finalizers: [OURS] });
  assert.deepEqual(await run(cluster, { keepCrds: false, timeoutMs: 5_000 }), [
    "Cannot delete all of SpiderIPPool: still there: p (held by finalizers of others: example.com/keep)",
  ]);
  assert.deepEqual(cluster.snapshot(ourKinds[1]!).map(({ metadata }) => metadata.finalizers), [[THEIRS]]);
  assert.equal(crdNames(cluster).length, 6, "a definition is not asked to go while objects are left");
  assert.deepEqual(await run(cluster, { finalizers: "all" }), []);
  assert.deepEqual(left(cluster), []);
});

const mendable: readonly { readonly name: string; readonly fault: Fault }[] = [
  { name: "conflicts", fault: { answer: { status: 409 } } },
  { name: "pleas for patience", fault: { answer: { status: 429, retryAfterSeconds: 1 } } },
  { name: "server errors", fault: { answer: { status: 500 } } },
  { name: "connections that break before", fault: { lose: "before" } },
  { name: "connections that break after", fault: { lose: "after" } },
];
for (const { name, fault } of mendable) {
  testIpam(`clean() copes with ${name}`, async () => {
    await using cluster = await startEmpty();
    await putEverything(cluster);
    cluster.api.setFaults(faultRules([{ probability: 0.3, count: 60, fault }], seededRandom(7)));
    assert.deepEqual(await run(cluster, { keepCrds: false }), []);
    assert.deepEqual([left(cluster), crdNames(cluster)], [[], []]);
  }, { onlyEmbedded: true });
}

testIpam("clean() finds objects that come while it runs", async () => {
  await using cluster = await startEmpty();
  await putEverything(cluster);
  let lists = 0;
  const transport = interceptingTransport(cluster.transport, async (request) => {
    if (operationOf(request) !== "list spiderendpoints") return;
    lists++;
    if (lists <= 3) await put(cluster, "spiderippools", { name: `late-${lists}`, finalizers: [OURS] });
  });
  assert.deepEqual(await run(cluster, { transport }), []);
  assert.deepEqual(left(cluster), []);
  assert.ok(lists > 4, "two rounds in a row must find nothing");
});

testIpam("clean() says what it may not do and does the rest", async () => {
  await using cluster = await startEmpty();
  await putEverything(cluster);
  const forbidden = (what: string) =>
    statusAnswer(403, { reason: "Forbidden", message: `User "x" cannot ${what} in the cluster` });
  const transport = interceptingTransport(cluster.transport, (request) => {
    const operation = operationOf(request);
    if (operation === "list spidersubnets") return forbidden(operation);
    if (operation === "patch spiderippools" && request.path.endsWith("/held")) return forbidden(operation);
  });
  const hint = "; run with the ServiceAccount spiderpool-clean of manifests/, or as a cluster administrator";
  assert.deepEqual(await run(cluster, { transport, timeoutMs: cluster.isReal ? 5_000 : 600_000 }), [
    `Cannot GET /apis/${version}/spidersubnets: 403 Forbidden: User "x" cannot list spidersubnets in the cluster${hint}`,
    `Cannot PATCH /apis/${version}/spiderippools/held: 403 Forbidden: User "x" cannot patch spiderippools in the cluster${hint}`,
  ]);
  assert.deepEqual(left(cluster), [
    "spidersubnets/free",
    "spidersubnets/held",
    "spidersubnets/terminating",
    "spiderippools/held",
  ]);
});

testIpam("clean() names a few of many objects that stay", async () => {
  await using cluster = await startEmpty();
  for (let i = 1; i <= 7; i++) await put(cluster, "spiderendpoints", { name: `e${i}`, finalizers: [THEIRS] });
  const [problem = "", ...others] = await run(cluster, { timeoutMs: 5_000 });
  assert.match(problem, /still there: ns1\/e1 \(held by .*\), ns1\/e2 .*ns1\/e5 .*, and 2 more objects$/);
  assert.deepEqual(others, []);
});

/** A real API server asks it about every write of our Kinds, in vain. */
const deadWebhook = {
  name: `dead.${OURS}`,
  clientConfig: { url: "https://127.0.0.1:1/" },
  rules: [{ apiGroups: [OURS], apiVersions: ["*"], operations: ["*"], resources: ["*"] }],
  failurePolicy: "Fail",
  sideEffects: "None",
  admissionReviewVersions: ["v1"],
};

testIpam("operations row 14.8: clean() works when our webhooks are dead: those that are named go first", async () => {
  await using cluster = await startEmpty();
  await putEverything(cluster);
  for (const plural of ["mutatingwebhookconfigurations", "validatingwebhookconfigurations"]) {
    for (const name of ["spiderpool-controller", "other"]) {
      const webhooks = name === "other" ? [] : [deadWebhook];
      await cluster.create(`/apis/admissionregistration.k8s.io/v1/${plural}`, { metadata: { name }, webhooks });
    }
  }
  const configurations = () =>
    ["mutatingwebhookconfigurations", "validatingwebhookconfigurations"].flatMap((plural) =>
      cluster.snapshot({ group: "admissionregistration.k8s.io", plural }).map(({ metadata }) => metadata.name)
    );
  const transport = interceptingTransport(cluster.transport, ({ method, path }) => {
    if (
      cluster.isReal || method === "GET" || !path.includes(OURS) || !configurations().includes("spiderpool-controller")
    ) return;
    const message = "failed calling webhook: connection refused";
    return statusAnswer(500, { reason: "InternalError", message });
  });
  const names = { validatingWebhook: "spiderpool-controller", mutatingWebhook: "spiderpool-controller" };
  assert.deepEqual(await run(cluster, { ...names, transport }), []);
  assert.deepEqual([left(cluster), configurations()], [[], ["other", "other"]]);
});

testIpam("clean() ends in time when nobody answers, and says so", async () => {
  await using cluster = await startEmpty();
  const transport: KubeTransport = {
    request: ({ method, path }) =>
      Promise.reject(new KubeConnectionError(`${method} ${path}`, { cause: new Error("refused") })),
  };
  const startMs = cluster.clock.now();
  const problems = await run(cluster, { transport, agents, keepCrds: false });
  assert.equal(problems.length, 1 + ourKinds.length);
  for (const problem of problems) assert.match(problem, /connection to the API server failed: refused$/);
  assert.ok(cluster.clock.now() - startMs < 80_000);
}, { onlyEmbedded: true });

testIpam("clean() stops when told to", async () => {
  await using cluster = await startEmpty();
  await put(cluster, "spiderippools", { name: "p", finalizers: [THEIRS] });
  const stop = new AbortController();
  const running = clean({ ...depsOf(cluster), signal: stop.signal }, plain);
  running.catch(() => undefined);
  await cluster.advance(3_000);
  stop.abort(new Error("told to stop"));
  await assert.rejects(running, /told to stop/);
}, { onlyEmbedded: true });

testIpam("clean() deletes the init Job by its name", async () => {
  await using cluster = await startEmpty();
  const template = { spec: { restartPolicy: "Never", containers: [{ name: "main", image: "busybox" }] } };
  for (const name of ["init", "other"]) {
    await cluster.create("/apis/batch/v1/namespaces/ns1/jobs", { metadata: { name }, spec: { template } });
  }
  assert.deepEqual(await run(cluster, { initJob: { namespace: "ns1", name: "init" } }), []);
  assert.deepEqual(cluster.snapshot({ group: "batch", plural: "jobs" }).map(({ metadata }) => metadata.name), [
    "other",
  ]);
});

testIpam("clean() deletes thousands of objects over several pages, a few at a time", async () => {
  await using cluster = await startEmpty();
  for (let i = 0; i < 1200; i++) await put(cluster, "spiderendpoints", { name: `e${i}`, finalizers: [OURS] });
  let running = 0;
  let most = 0;
  const transport: KubeTransport = {
    async request(request) {
      most = Math.max(most, ++running);
      try {
        return await cluster.api.transport.request(request);
      } finally {
        running--;
      }
    },
  };
  assert.deepEqual(await run(cluster, { transport }), []);
  assert.deepEqual(left(cluster), []);
  assert.equal(most, 8);
}, { onlyEmbedded: true });

testIpam("countObjects() counts and deletes nothing", async () => {
  await using cluster = await startEmpty();
  await put(cluster, "spiderippools", { name: "p" });
  await put(cluster, "spiderendpoints", { name: "e" });
  assert.deepEqual(await cluster.drive(countObjects(depsOf(cluster))), { SpiderIPPool: 1, SpiderEndpoint: 1 });
  assert.equal(left(cluster).length, 2);
});
