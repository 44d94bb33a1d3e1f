/** The cluster of the IPAM tests on a real API server: one for all of them, emptied before each. */
import { systemClock } from "../../net/base/clock.ts";
import { type HttpTransport, kubeconfigTransport } from "../../crd/kube/mod.ts";
import { isObject, type Json, objectOr } from "../apiserver/json.ts";
import { installCrds, namespaceReady } from "./api_under_test.ts";
import { call, eventually, jsonCall, pick } from "./call.ts";
import type { RealServer } from "./real_server.ts";

const spiderpool = "/apis/spiderpool.spidernet.io/v2beta1";
const namespaced = "/namespaces/ns1";

/** Collections that tests write, in the order they are emptied: owners first. */
const collections = [
  `/apis/apps/v1${namespaced}/statefulsets`,
  `/api/v1${namespaced}/pods`,
  `${spiderpool}${namespaced}/spiderendpoints`,
  `${spiderpool}/spiderippools`,
  `${spiderpool}/spiderreservedips`,
  "/api/v1/nodes",
];

/** Objects as they were at the last look, for tests that read without waiting. */
export class RealCluster implements Disposable {
  readonly #objects = new Map<string, readonly Json[]>();

  private constructor(readonly transport: HttpTransport) {}

  /** Connects, and removes what the test before left. */
  static async open({ kubeconfig }: RealServer): Promise<RealCluster> {
    const cluster = new RealCluster(await kubeconfigTransport(kubeconfig, { clock: systemClock }));
    try {
      await installCrds(cluster.transport);
      await cluster.#prepareNamespace();
      for (const path of collections) await cluster.#empty(path);
      return cluster;
    } catch (err) {
      cluster[Symbol.dispose]();
      throw err;
    }
  }

  /** Looks again. */
  async refresh(): Promise<void> {
    for (const path of collections) this.#objects.set(pluralOf(path), await this.#items(path));
  }

  /** Objects of a resource at the last look. */
  snapshot({ plural }: { readonly plural: string }): readonly Json[] {
    return this.#objects.get(plural) ?? [];
  }

  /** Waits until owner garbage collection has seen that a Pod is gone. */
  async dependentsGone(podUid: string): Promise<void> {
    await eventually(`the dependents of Pod ${podUid} are gone`, async () => {
      const endpoints = await this.#items(`${spiderpool}${namespaced}/spiderendpoints`);
      return !endpoints.some((endpoint) => isDependent(endpoint, podUid));
    });
  }

  /** Waits for whoever watches to hear of the last write. */
  async watchersHeard(): Promise<void> {
    await systemClock.sleep(200);
  }

  [Symbol.dispose](): void {
    this.transport[Symbol.dispose]();
  }

  /** Namespace `ns1` stays: it takes a real server seconds to delete one. */
  async #prepareNamespace(): Promise<void> {
    const { transport } = this;
    const body = { metadata: { name: "ns1", labels: { team: "x" } } };
    const { status } = await call(transport, { method: "POST", path: "/api/v1/namespaces", body });
    if (status === 409) await this.#restoreNamespace();
    await namespaceReady(transport, "ns1");
    await this.#forbidStatefulSetController();
  }

  /** Takes off what tests annotate. */
  async #restoreNamespace(): Promise<void> {
    const path = "/api/v1/namespaces/ns1";
    const body = { metadata: { annotations: null, labels: { team: "x" } } };
    await jsonCall(this.transport, { method: "PATCH", path, contentType: "application/merge-patch+json", body });
  }

  /** Tests make the Pods of StatefulSets by hand; a controller that does it, too, would be in their way. */
  async #forbidStatefulSetController(): Promise<void> {
    const group = "/apis/admissionregistration.k8s.io/v1";
    const name = "spiderpool-test-statefulset-pods";
    const policy = {
      metadata: { name },
      spec: {
        matchConstraints: {
          resourceRules: [{ apiGroups: [""], apiVersions: ["v1"], operations: ["*"], resources: ["pods"] }],
        },
        validations: [{
          expression: "request.userInfo.username != 'system:serviceaccount:kube-system:statefulset-controller'",
        }],
      },
    };
    const matchResources = { namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "ns1" } } };
    const binding = { metadata: { name }, spec: { policyName: name, validationActions: ["Deny"], matchResources } };
    const made = await call(this.transport, {
      method: "POST",
      path: `${group}/validatingadmissionpolicies`,
      body: policy,
    });
    await call(this.transport, { method: "POST", path: `${group}/validatingadmissionpolicybindings`, body: binding });
    if (made.status === 201) await systemClock.sleep(2000); // policies are in force once the server's own watch has them
  }

  async #empty(path: string): Promise<void> {
    for (const item of await this.#items(path)) {
      const name = String(pick(item, "metadata.name"));
      const isOurs = path !== "/api/v1/nodes" || /^n\d$/.test(name);
      if (isOurs) await this.#remove(`${path}/${name}`);
    }
  }

  async #remove(path: string): Promise<void> {
    const { transport } = this;
    const contentType = "application/merge-patch+json";
    await call(transport, { method: "PATCH", path, contentType, body: { metadata: { finalizers: null } } });
    await call(transport, { method: "DELETE", path, body: { gracePeriodSeconds: 0, propagationPolicy: "Background" } });
    await eventually(`${path} is gone`, async () => (await call(transport, { method: "GET", path })).status === 404);
  }

  async #items(path: string): Promise<readonly Json[]> {
    const list = await jsonCall(this.transport, { method: "GET", path });
    const items = pick(list, "items");
    return Array.isArray(items) ? items : [];
  }
}

function pluralOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

/** Whether an object still waits for garbage collection; one with finalizers that is marked does not. */
function isDependent(object: Json, ownerUid: string): boolean {
  const { ownerReferences, deletionTimestamp } = objectOr(objectOr(object).metadata);
  if (deletionTimestamp !== undefined || !Array.isArray(ownerReferences)) return false;
  return ownerReferences.some((owner) => isObject(owner) && owner.uid === ownerUid);
}
