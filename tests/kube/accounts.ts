import type { KubeTransport } from "../../crd/kube/contract.ts";
import type { JsonObject } from "../apiserver/json.ts";
import { call, eventually, jsonCall } from "./call.ts";

const rbac = "/apis/rbac.authorization.k8s.io/v1";
const namespace = "ns1";
const name = "spiderpool-test";

/** A ServiceAccount that has one role. Dispose it. */
export interface Account extends AsyncDisposable {
  readonly namespace: string;
  readonly name: string;
  /** Waits until the server lets its transport list Pods: roles are in force once the server's own watch has them. */
  inForce(transport: KubeTransport): Promise<void>;
}

/** Makes a ServiceAccount in `ns1` that has the rules of `role` and no others. */
export async function grantRole(admin: KubeTransport, role: JsonObject): Promise<Account> {
  const objects: readonly (readonly [path: string, body: JsonObject])[] = [
    [`/api/v1/namespaces/${namespace}/serviceaccounts`, { metadata: { name } }],
    [`${rbac}/clusterroles`, { metadata: { name }, rules: role.rules ?? [] }],
    [`${rbac}/clusterrolebindings`, {
      metadata: { name },
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name },
      subjects: [{ kind: "ServiceAccount", namespace, name }],
    }],
  ];
  async function remove(): Promise<void> {
    for (const [path] of objects) await call(admin, { method: "DELETE", path: `${path}/${name}` });
  }
  await remove(); // of a killed run
  for (const [path, body] of objects) await jsonCall(admin, { method: "POST", path, body });
  return {
    namespace,
    name,
    inForce: (transport) =>
      eventually("the role is in force", async () => {
        return (await call(transport, { method: "GET", path: "/api/v1/pods", query: { limit: "1" } })).status === 200;
      }),
    [Symbol.asyncDispose]: remove,
  };
}
