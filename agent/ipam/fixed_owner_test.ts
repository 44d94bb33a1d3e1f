import assert from "node:assert/strict";
import type { Pod } from "../../crd/core/mod.ts";
import type { SpiderEndpoint } from "../../crd/generated/mod.ts";
import { usersNow } from "./fixed_owner.ts";

const vmi = { apiVersion: "kubevirt.io/v1", kind: "VirtualMachineInstance", name: "vm", uid: "V", controller: true };
const features = { enableStatefulSet: true, enableKubevirt: true };

/** A Pod that runs the VM `vm`. */
function launcher(uid: string, phase: "Running" | "Succeeded" = "Running"): Pod {
  const metadata = { name: `l-${uid}`, namespace: "ns1", uid, ownerReferences: [vmi] };
  return { apiVersion: "v1", kind: "Pod", metadata, spec: {}, status: { phase } };
}

function endpointOf(name: string, ownerControllerType: string): SpiderEndpoint {
  return {
    apiVersion: "spiderpool.spidernet.io/v2beta1",
    kind: "SpiderEndpoint",
    metadata: { name, namespace: "ns1" },
    status: { ownerControllerType, ownerControllerName: name, current: { uid: "old", node: "n1", ips: [] } },
  };
}

/** Which of the UIDs may use what is recorded for them, while the Pod `ending` has its DEL. */
async function usersAmong(uids: readonly string[], pods: readonly Pod[], endpoint: SpiderEndpoint): Promise<string[]> {
  const reads = {
    pods: {
      tryGet: ({ name }: { name: string }) => Promise.resolve(pods.find(({ metadata }) => metadata.name === name)),
      listAll: () => Promise.resolve({ items: [...pods], resourceVersion: "1" }),
    },
  };
  const signal = new AbortController().signal;
  const mayBeInUse = await usersNow({ config: { features }, reads }, { endpoint, podUid: "ending" }, signal);
  return uids.filter(mayBeInUse);
}

const vm = endpointOf("vm", "VirtualMachineInstance");
const cases = [
  { name: "no Pod runs the VM", pods: [], endpoint: vm, want: [] },
  { name: "the Pod that ends is its last", pods: [launcher("ending")], endpoint: vm, want: [] },
  { name: "another Pod of it has ended", pods: [launcher("a", "Succeeded")], endpoint: vm, want: ["a"] },
  {
    name: "the VM was started anew meanwhile: what a migration's target left may be its source's",
    pods: [launcher("ending"), launcher("a")],
    endpoint: vm,
    want: ["a", "gone"],
  },
  {
    name: "a StatefulSet's Pod has the name",
    pods: [{ ...launcher("a"), metadata: { name: "db-0", namespace: "ns1", uid: "a" } }],
    endpoint: endpointOf("db-0", "StatefulSet"),
    want: ["a"],
  },
];
for (const { name, pods, endpoint, want } of cases) {
  Deno.test(`usersNow() tells whose records of a name may be in use: ${name}`, async () => {
    assert.deepEqual(await usersAmong(["a", "gone"], pods, endpoint), want);
  });
}
