/** The cluster of the IPAM tests on a real API server: one for all of them, emptied before each. */
import { systemClock } from "../../net/base/clock.ts";
import { type HttpTransport, kubeconfigTransport } from "../../crd/kube/mod.ts";
import { kubevirtGroup, kubevirtKinds, pluralOf } from "../shared/kubevirt_kinds.ts";
import { isObject, type Json, objectOr } from "../apiserver/json.ts";
import { namespaceReady } from "./api_under_test.ts";
import { type Call, call, eventually, jsonCall, pick } from "./call.ts";
import { garbageIsCollected } from "./garbage.ts";
import { installCrds } from "./install_crds.ts";
import { itemsOf, release } from "./leftovers.ts";
import type { RealServer } from "./real_server.ts";

const spiderpool = "/apis/spiderpool.spidernet.io/v2beta1";
const admission = "/apis/admissionregistration.k8s.io/v1";
const namespaced = "/namespaces/ns1";

/** Collections that tests write, in the order they are emptied: what could refuse that, then owners, then the rest. */
const written = [
  `${admission}/mutatingwebhookconfigurations`,
  `${admission}/validatingwebhookconfigurations`,
  `/apis/apps/v1${namespaced}/deployments`,
  `/apis/apps/v1${namespaced}/statefulsets`,
  `/apis/apps/v1${namespaced}/replicasets`,
  `/apis/batch/v1${namespaced}/jobs`,
  `/api/v1${namespaced}/pods`,
  `${spiderpool}${namespaced}/spiderendpoints`,
  `${spiderpool}${namespaced}/spidermultusconfigs`,
  `${spiderpool}/spidercoordinators`,
  `${spiderpool}/spiderippools`,
  `${spiderpool}/spiderreservedips`,
  `${spiderpool}/spidersubnets`,
  "/api/v1/nodes",
];

/** Collections of KubeVirt, where it is, that tests write and do not look at; the Pods' owners are among them. */
const virtualMachines = kubevirtKinds.map((kind) => `/apis/${kubevirtGroup}/v1${namespaced}/${pluralOf(kind)}`);

/** Collections that tests look at. */
const collections = [...written, "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"];

/** Controllers that make and delete Pods. */
const controllers = ["statefulset-controller", "replicaset-controller", "job-controller"]
  .map((name) => `system:serviceaccount:kube-system:${name}`);

/** A Pod that nobody may make: that it is refused tells that the policy against controllers is in force. */
const FORBIDDEN = "made-by-a-controller";

/** Names of cluster-scoped objects that are of these tests where others may have some, too. */
const ours: Readonly<Record<string, RegExp>> = {
  nodes: /^n\d$/,
  mutatingwebhookconfigurations: /^(spiderpool-controller|other)$/,
  validatingwebhookconfigurations: /^(spiderpool-controller|other)$/,
  customresourcedefinitions: /\.spiderpool\.spidernet\.io$/,
};

/** Objects as they were at the last look, for tests that read without waiting. */
export class RealCluster implements AsyncDisposable {
  /** Whether that was waited for. Definitions only go at the end, when no test counts on it any more. */
  static #isGarbageCollected = false;
  readonly #objects = new Map<string, readonly Json[]>();

  private constructor(readonly transport: HttpTransport) {}

  /** Connects, and removes what a killed test left. */
  static async open({ kubeconfig, hasControllers }: RealServer): Promise<RealCluster> {
    const cluster = new RealCluster(await kubeconfigTransport(kubeconfig, { clock: systemClock }));
    try {
      await installCrds(cluster.transport);
      if (hasControllers && !RealCluster.#isGarbageCollected) await garbageIsCollected(cluster.transport);
      RealCluster.#isGarbageCollected = true;
      await cluster.#prepareNamespace();
      await cluster.#emptyAll();
      return cluster;
    } catch (err) {
      await cluster[Symbol.asyncDispose]();
      throw err;
    }
  }

  /** Looks again. */
  async refresh(): Promise<void> {
    await Promise.all(collections.map(async (path) => {
      this.#objects.set(lastOf(path), await this.#ours(path));
    }));
  }

  /** Objects of a resource at the last look. */
  snapshot({ plural }: { readonly plural: string }): readonly Json[] {
    return this.#objects.get(plural) ?? [];
  }

  /** Waits until owner garbage collection has seen that a Pod is gone. */
  async dependentsGone(podUid: string): Promise<void> {
    await eventually(`the dependents of Pod ${podUid} are gone`, async () => {
      const endpoints = await itemsOf(this.transport, `${spiderpool}${namespaced}/spiderendpoints`);
      return !endpoints.some((endpoint) => isDependent(endpoint, podUid));
    });
  }

  /** Removes what the test made. */
  async [Symbol.asyncDispose](): Promise<void> {
    try {
      await this.#emptyAll();
    } finally {
      this.transport[Symbol.dispose]();
    }
  }

  async #emptyAll(): Promise<void> {
    for (const path of [...virtualMachines, ...written]) await this.#empty(path);
  }

  /** Namespace `ns1` stays: it takes a real server seconds to delete one. */
  async #prepareNamespace(): Promise<void> {
    const { transport } = this;
    const body = { metadata: { name: "ns1", labels: { team: "x" } } };
    const { status } = await call(transport, { method: "POST", path: "/api/v1/namespaces", body });
    if (status === 409) await this.#restoreNamespace();
    await namespaceReady(transport, "ns1");
    await this.#forbidControllers();
  }

  /** Takes off what tests annotate. */
  async #restoreNamespace(): Promise<void> {
    const path = "/api/v1/namespaces/ns1";
    const body = { metadata: { annotations: null, labels: { team: "x" } } };
    await jsonCall(this.transport, { method: "PATCH", path, contentType: "application/merge-patch+json", body });
  }

  /** Tests make the Pods of StatefulSets and others by hand; a controller that does it, too, would be in their way. */
  async #forbidControllers(): Promise<void> {
    const group = "/apis/admissionregistration.k8s.io/v1";
    const name = "spiderpool-test-pods";
    const policy = {
      metadata: { name },
      spec: {
        matchConstraints: {
          resourceRules: [{ apiGroups: [""], apiVersions: ["v1"], operations: ["*"], resources: ["pods"] }],
        },
        validations: [{
          expression: `!(request.userInfo.username in ${
            JSON.stringify(controllers)
          } || request.name == "${FORBIDDEN}")`,
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
    if (made.status === 201) await this.#policyInForce();
  }

  /** Policies are in force once the server's own watch has them. */
  async #policyInForce(): Promise<void> {
    const body = { metadata: { name: FORBIDDEN }, spec: { containers: [{ name: "main", image: "busybox" }] } };
    const request: Call = { method: "POST", path: `/api/v1${namespaced}/pods`, query: { dryRun: "All" }, body };
    await eventually("the controllers' Pods are refused", async () => {
      const { status, json } = await call(this.transport, request);
      return status >= 400 && String(pick(json, "message")).includes("ValidatingAdmissionPolicy");
    });
  }

  async #empty(path: string): Promise<void> {
    const names = (await this.#ours(path)).map(nameOf);
    await Promise.all(names.map((name) => this.#remove(`${path}/${name}`)));
  }

  async #ours(path: string): Promise<readonly Json[]> {
    const names = ours[lastOf(path)];
    const items = await itemsOf(this.transport, path);
    return names === undefined ? items : items.filter((item) => names.test(nameOf(item)));
  }

  async #remove(path: string): Promise<void> {
    const { transport } = this;
    await call(transport, release(path));
    await call(transport, { method: "DELETE", path, body: { gracePeriodSeconds: 0, propagationPolicy: "Background" } });
    await eventually(`${path} is gone`, async () => (await call(transport, { method: "GET", path })).status === 404);
  }
}

function lastOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

function nameOf(object: Json): string {
  return String(pick(object, "metadata.name"));
}

/** Whether an object still waits for garbage collection; one with finalizers that is marked does not. */
function isDependent(object: Json, ownerUid: string): boolean {
  const { ownerReferences, deletionTimestamp } = objectOr(objectOr(object).metadata);
  if (deletionTimestamp !== undefined || !Array.isArray(ownerReferences)) return false;
  return ownerReferences.some((owner) => isObject(owner) && owner.uid === ownerUid);
}
