/**
 * The API servers that the suites of this folder run against: the embedded one in-process, the embedded one over HTTP and,
 * when `SPIDERPOOL_TEST_KUBECONFIG` names a kubeconfig, whatever that leads to.
 */
import { systemClock } from "../../net/base/clock.ts";
import { systemRandom } from "../../net/base/random.ts";
import type { KubeTransport } from "../../crd/kube/contract.ts";
import { httpTransport, kubeconfigTransport } from "../../crd/kube/mod.ts";
import { EmbeddedApi } from "../apiserver/server.ts";
import { readSpiderpoolCrds } from "../apiserver/spiderpool_crds.ts";
import { call, jsonCall } from "./call.ts";

/** What a test gets: a server with the project's CRDs, and names nobody else uses. */
export interface ApiUnderTest {
  readonly transport: KubeTransport;
  /** A namespace of this test alone. */
  readonly namespace: string;
  /** Start of names of cluster-scoped objects of this test. */
  readonly prefix: string;
  /** Whether owner garbage collection runs. */
  readonly hasControllers: boolean;
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
    await inNamespace({ transport: api.transport, hasControllers: true }, test);
  },
};

const embeddedOverHttp: ApiKind = {
  name: "embedded over HTTP",
  async use(test) {
    const served = await newEmbeddedApi().serve();
    using client = closable(Deno.createHttpClient({}));
    try {
      const transport = httpTransport({ server: served.url, client: client.value, userAgent: "spiderpool-test/1" });
      await inNamespace({ transport, hasControllers: true }, test);
    } finally {
      await served.shutdown();
    }
  },
};

function closable(value: Deno.HttpClient): Disposable & { readonly value: Deno.HttpClient } {
  return { value, [Symbol.dispose]: () => value.close() };
}

function configured(path: string): ApiKind {
  return {
    name: "configured",
    async use(test) {
      using transport = await kubeconfigTransport(path, { clock: systemClock });
      await installCrds(transport);
      await inNamespace({ transport, hasControllers: Deno.env.get("SPIDERPOOL_TEST_CONTROLLERS") === "true" }, test);
    },
  };
}

/** The servers to test here and now. */
export function apisUnderTest(): readonly ApiKind[] {
  const path = Deno.env.get("SPIDERPOOL_TEST_KUBECONFIG");
  return [embedded, embeddedOverHttp, ...(path === undefined ? [] : [configured(path)])];
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
  { transport, hasControllers }: { transport: KubeTransport; hasControllers: boolean },
  test: (api: ApiUnderTest) => Promise<void>,
): Promise<void> {
  const prefix = `t${crypto.randomUUID().slice(0, 8)}`;
  const namespace = `${prefix}-ns`;
  await jsonCall(transport, { method: "POST", path: "/api/v1/namespaces", body: { metadata: { name: namespace } } });
  try {
    await test({ transport, namespace, prefix, hasControllers });
  } finally {
    await call(transport, { method: "DELETE", path: `/api/v1/namespaces/${namespace}` });
  }
}

const crdPath = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";

async function installCrds(transport: KubeTransport): Promise<void> {
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
