import type { SpiderEndpoint } from "../../crd/generated/mod.ts";
import { annotationKeys } from "../../crd/ipam/annotations.ts";
import { attachmentsAfter, attachmentsOf } from "../../crd/ipam/attachments.ts";
import { type EndpointWrite, resultsOfEndpoint } from "../../crd/ipam/endpoint.ts";

/** What a new endpoint says in place of one that somebody deleted under the living Pod: its other NICs are still there. */
export function withOtherNics(write: EndpointWrite, deleted: SpiderEndpoint): EndpointWrite {
  const written = new Set(write.results.map(({ nic }) => nic));
  const others = resultsOfEndpoint(deleted).filter(({ nic }) => !written.has(nic));
  const attachments = attachmentsOf(deleted.metadata.annotations?.[annotationKeys.attachments]);
  return {
    ...write,
    results: [...others, ...write.results],
    attachments: { ...attachments, ...attachmentsAfter(attachments, write.attachments ?? {}) },
  };
}
