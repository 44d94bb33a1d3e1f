/** Deliberately broken handling of VMs: only a VM in the mix shows it. */
import { createdByLabel } from "../../crd/ipam/virtual_machine.ts";
import type { KubeTransport } from "../../crd/kube/contract.ts";
import { jsonResponse, withPodTexts } from "./mutation_json.ts";

/** As if the Pod that a VM migrates to were that of another start. */
export function withoutMigrations(transport: KubeTransport): KubeTransport {
  return withPodTexts(transport, (text) => text.replaceAll("kubevirt.io/migrationJobName", "example.com/nothing"));
}

/** As if no VM ever ran in two Pods: the other one is not seen. */
export function withoutSiblings(transport: KubeTransport): KubeTransport {
  return {
    async request(request) {
      const isOfSiblings = request.query?.labelSelector?.startsWith(`${createdByLabel}=`) === true;
      if (!isOfSiblings) return await transport.request(request);
      return jsonResponse({ apiVersion: "v1", kind: "PodList", metadata: { resourceVersion: "1" }, items: [] });
    },
  };
}
