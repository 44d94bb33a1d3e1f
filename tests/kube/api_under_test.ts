/**
 * The API servers that the suites of this folder run against: the embedded one in-process and over HTTP or, where
 * `tests/kube_real/` chose one, a real one.
 */
import { systemClock } from "../../net/base/clock.ts";
import { systemRandom } from "../../net/base/random.ts";
import type { KubeTransport } from "../../crd/kube/contract.ts";
import { httpTransport, kubeconfigTransport } from "../../crd/kube/mod.ts";
import { firstReason, testUnless } from "../shared/skip.ts";
import { EmbeddedApi } from "../apiserver/server.ts";
import { readSpiderpoolCrds } from "../apiserver/spiderpool_crds.ts";
import { call, eventually, jsonCall } from "./call.ts";
import { installCrds } from "./install_crds.ts";
import { removeLeftovers } from "./leftovers.ts";
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

/** Options of {@linkcode testApi}. */
export interface ApiTestOptions {
  /** Whether it watches from no particular version, which needs an etcd that is not too old. @default false */
  readonly needsWatchProgress?: boolean;
  /** Whether it waits for kube-controller-manager. @default false */
  readonly needsControllers?: boolean;
}

/** Registers a test for each server. */
export function testApi(
  name: string,
  test: (api: ApiUnderTest) => Promise<void>,
  { needsWatchProgress = false, needsControllers = false }: ApiTestOptions = {},
): void {
  const server = realServer();
  const reason = firstReason(
    needsWatchProgress && server?.hasWatchProgress === false
      ? "needs etcd 3.4.31 or 3.5.13: watch progress"
      : undefined,
    needsControllers && server?.hasControllers === false ? "needs kube-controller-manager" : undefined,
  );
  for (const kind of apisUnderTest()) {
    testUnless(reason, { name: `${kind.name} API: ${name}`, fn: () => kind.use(test) });
  }
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
    await removeLeftovers(transport, { namespace, prefix });
  }
}

/** Waits for what controllers put into a namespace: Pods need the account, and a list should not grow meanwhile. */
export async function namespaceReady(transport: KubeTransport, namespace: string): Promise<void> {
  const names = ["configmaps/kube-root-ca.crt", "serviceaccounts/default"];
  await Promise.all(names.map((name) =>
    eventually(`${namespace} has ${name}`, async () => {
      const { status } = await call(transport, { method: "GET", path: `/api/v1/namespaces/${namespace}/${name}` });
      return status === 200;
    })
  ));
}
