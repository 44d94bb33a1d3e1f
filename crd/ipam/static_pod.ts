import type { Pod } from "../core/mod.ts";
import type { SpiderEndpoint } from "../generated/mod.ts";
import { annotationKeys } from "./annotations.ts";
import { attachmentsOf } from "./attachments.ts";
import { staticUidOf } from "./pod_identity.ts";

/**
 * Whether the endpoint was written for the same static Pod as `pod` mirrors, by whatever UID its mirror had then: when
 * somebody deletes the mirror its kubelet makes another one, and the containers go on running.
 */
export function isSameStaticPod(endpoint: SpiderEndpoint | undefined, pod: Pod): boolean {
  const uid = staticUidOf(pod);
  const attachments = attachmentsOf(endpoint?.metadata.annotations?.[annotationKeys.attachments]);
  return uid !== undefined && Object.values(attachments).some(({ runtimeUid }) => runtimeUid === uid);
}
