/**
 * The API servers that the suites of this folder run against: the embedded one in-process and over HTTP or, where
 * `tests/kube_real/` chose one, a real one.
 */
import { systemClock } from "../../net/base/clock.ts";
import { systemRandom } from "../../net/base/random.ts";
import type { KubeTransport } from "../../crd/kube/contract.ts";
import { httpTransport, kubeconfigTransport } from "../../crd/kube/mod.ts";
import { EmbeddedApi } from "../apiserver/server.ts";
import { readSpiderpoolCrds } from "../apiserver/spiderpool_crds.ts";
import { call, eventually, jsonCall, pick } from "./call.ts";
import { type RealServer, realServer } from "./real_server.ts";

/** What a test gets: a server with the project's CRDs, and names nobody else uses. */
export interface ApiUnderTest {
  readonly transport: KubeTransport;
  /** A namespace of this test alone. */
  readonly namespace: string;
  /** Start of names of cluster-scoped objects of this test. */
  readonly prefix: string;
  /** Whether owner garbage collection runs. */
  readonly hasControllers: boolean;
  /** Whether this is no embedded API: other clients write there, too. */
  readonly isReal: boolean;
}

/** A server to test. */
export interface ApiKind {
  readonly name: string;
  /** Runs `test` and cleans up. */
  use(test: (api: ApiUnderTest) => Promise<void>): Promise<void>;
}

const embedded: ApiKind = {
  name: "embedded",
  async use(test) {
    const api = newEmbeddedApi();
    await inNamespace({ transport: api.transport, hasControllers: true, isReal: false }, test);
  },
};

const embeddedOverHttp: ApiKind = {
  name: "embedded over HTTP",
  async use(test) {
    const served = await newEmbeddedApi().serve();
    using client = closable(Deno.createHttpClient({}));
    try {
      const transport = httpTransport({ server: served.url, client: client.value, userAgent: "spiderpool-test/1" });
      await inNamespace({ transport, hasControllers: true, isReal: false }, test);
    } finally {
      await served.shutdown();
    }
  },
};

function closable(value: Deno.HttpClient): Disposable & { readonly value: Deno.HttpClient } {
  return { value, [Symbol.dispose]: () => value.close() };
}

function real({ kubeconfig, hasControllers }: RealServer): ApiKind {
  return {
    name: "real",
    async use(test) {
      using transport = await kubeconfigTransport(kubeconfig, { clock: systemClock });
      await installCrds(transport);
      await inNamespace({ transport, hasControllers, isReal: true }, test);
    },
  };
}

/** The servers to test here and now. */
export function apisUnderTest(): readonly ApiKind[] {
  const server = realServer();
  return server === undefined ? [embedded, embeddedOverHttp] : [real(server)];
}

/** Registers a test for each server. */
export function testApi(name: string, test: (api: ApiUnderTest) => Promise<void>): void {
  for (const kind of apisUnderTest()) Deno.test(`${kind.name} API: ${name}`, () => kind.use(test));
}

/** An embedded API with the project's CRDs, the real clock and real randomness. */
export function newEmbeddedApi(): EmbeddedApi {
  return new EmbeddedApi({ clock: systemClock, random: systemRandom, crds: readSpiderpoolCrds() });
}

async function inNamespace(
  { transport, hasControllers, isReal }: Pick<ApiUnderTest, "transport" | "hasControllers" | "isReal">,
  test: (api: ApiUnderTest) => Promise<void>,
): Promise<void> {
  const prefix = `t${crypto.randomUUID().slice(0, 8)}`;
  const namespace = `${prefix}-ns`;
  await jsonCall(transport, { method: "POST", path: "/api/v1/namespaces", body: { metadata: { name: namespace } } });
  try {
    if (isReal) await namespaceReady(transport, namespace);
    await test({ transport, namespace, prefix, hasControllers, isReal });
  } finally {
    await removePools(transport, prefix);
    await call(transport, { method: "DELETE", path: `/api/v1/namespaces/${namespace}` });
  }
}

/** Waits for what controllers put into a namespace: Pods need the account, and a list should not grow meanwhile. */
export async function namespaceReady(transport: KubeTransport, namespace: string): Promise<void> {
  for (const name of ["configmaps/kube-root-ca.crt", "serviceaccounts/default"]) {
    await eventually(`${namespace} has ${name}`, async () => {
      const { status } = await call(transport, { method: "GET", path: `/api/v1/namespaces/${namespace}/${name}` });
      return status === 200;
    });
  }
}

const poolsPath = "/apis/spiderpool.spidernet.io/v2beta1/spiderippools";

/** Removes the pools of a test, whatever holds them. */
export async function removePools(transport: KubeTransport, prefix: string): Promise<void> {
  const { json } = await call(transport, { method: "GET", path: poolsPath });
  const items = pick(json, "items");
  for (const item of Array.isArray(items) ? items : []) {
    const name = String(pick(item, "metadata.name"));
    if (!name.startsWith(prefix)) continue;
    const path = `${poolsPath}/${name}`;
    const body = { metadata: { finalizers: null } };
    await call(transport, { method: "PATCH", path, contentType: "application/merge-patch+json", body });
    await call(transport, { method: "DELETE", path });
  }
}

const crdPath = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";

/** Installs the project's CRDs where they are not, and waits until they are served. */
export async function installCrds(transport: KubeTransport): Promise<void> {
  for (const body of readSpiderpoolCrds()) {
    const { status } = await call(transport, { method: "POST", path: crdPath, body });
    if (status !== 201 && status !== 409) throw new Error(`Cannot install a CustomResourceDefinition: HTTP ${status}`);
  }
  for (const body of readSpiderpoolCrds()) {
    await established(transport, (body as { metadata: { name: string } }).metadata.name);
  }
}

async function established(transport: KubeTransport, name: string): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    const crd = await jsonCall(transport, { method: "GET", path: `${crdPath}/${name}` });
    if (JSON.stringify(crd).includes('"type":"Established"')) return;
    await systemClock.sleep(50);
  }
  throw new Error(`Cannot use CustomResourceDefinition ${name}: it is not established after 5 s`);
}
