import type { InterfaceAllocation, SpiderEndpoint } from "../generated/mod.ts";
import { annotationKeys } from "./annotations.ts";
import type { IpamResult } from "./answer.ts";
import type { Attachments } from "./attachments.ts";
import { interfaceOf, resultsOfEndpoint } from "./endpoint_entry.ts";
import {
  annotationsOf,
  type EndpointOwner,
  finalizer,
  fixedAddressOf,
  metadataOf,
  ownerReferencesOf,
} from "./endpoint_metadata.ts";
import { equalJson } from "./equal.ts";
import { formatHistory, historyOf } from "./history.ts";
import { podUidOf } from "./pod_identity.ts";
import type { TopController } from "./top_controller.ts";

export { type EndpointOwner, finalizer, fixedAddressOf } from "./endpoint_metadata.ts";
export { resultsOfEndpoint } from "./endpoint_entry.ts";

/** What is written into an endpoint beside its owner. */
export interface EndpointWrite {
  /** Everything the NICs that are written now hold. */
  readonly results: readonly IpamResult[];
  /** NIC names in request order; the others follow by name. @default [] */
  readonly nicOrder?: readonly string[];
  /** NICs that go. @default [] */
  readonly removed?: readonly string[];
  /**
   * The annotation `ipam.spidernet.io/attachments`: one sandbox has all NICs, so the last ADD speaks for all of them.
   * @default what is there
   */
  readonly attachments?: Attachments;
  /** RFC 3339, for the history. */
  readonly now: string;
  /** `SPIDERPOOL_WORKLOADENDPOINT_MAX_HISTORY_RECORDS`. */
  readonly maxHistory: number;
}

/** Outcome of {@linkcode mergeEndpoint}. */
export interface EndpointMerge {
  /** To be PUT; `existing` itself when nothing changed. */
  readonly endpoint: SpiderEndpoint;
  readonly changed: boolean;
  /** Addresses that `existing` listed and `endpoint` does not: the caller frees their records. */
  readonly dropped: readonly IpamResult[];
}

/** Name of the Pod's endpoint and of its records: the VMI's for a VM with a fixed address, else the Pod's. */
export function endpointNameOf(owner: EndpointOwner): string {
  return fixedAddressOf(owner) === "kubevirt" ? owner.topController.name : owner.pod.metadata.name;
}

/** The endpoint to create (POST). */
export function endpointFor(owner: EndpointOwner, write: EndpointWrite): SpiderEndpoint {
  const { pod, topController } = owner;
  const ownerReferences = ownerReferencesOf(owner, []);
  const annotations = annotationsOf({}, { nics: nicsOf(write), attachments: write.attachments });
  return {
    apiVersion: "spiderpool.spidernet.io/v2beta1",
    kind: "SpiderEndpoint",
    metadata: {
      name: endpointNameOf(owner),
      namespace: pod.metadata.namespace ?? "",
      ...(Object.keys(annotations).length > 0 && { annotations }),
      finalizers: [finalizer],
      ...(ownerReferences.length > 0 && { ownerReferences }),
    },
    status: statusOf(owner, topController, mergeInterfaces([], write)),
  };
}

/**
 * The endpoint to write over `existing` (PUT with its resourceVersion): NICs of `write` replace their entries or are
 * appended. Entries of another incarnation stay only for an owner with fixed addresses.
 */
export function mergeEndpoint(
  existing: SpiderEndpoint,
  owner: EndpointOwner,
  write: EndpointWrite,
): EndpointMerge {
  const current = existing.status?.current;
  const sameIncarnation = current?.uid === podUidOf(owner.pod);
  const kept = sameIncarnation || fixedAddressOf(owner) !== undefined ? current?.ips ?? [] : [];
  const ips = mergeInterfaces(kept, write);
  const merged: SpiderEndpoint = { ...existing, status: statusOf(owner, owner.topController, ips) };
  const dropped = droppedOf(existing, merged);
  const ended = current !== undefined && current.ips.length > 0 && (!sameIncarnation || dropped.length > 0);
  const history = ended
    ? formatHistory(historyIn(existing), { current, until: write.now }, write.maxHistory)
    : existing.metadata.annotations?.[annotationKeys.history];
  merged.metadata = metadataOf(existing, owner, {
    attachments: write.attachments,
    nics: ips.map((entry) => entry.interface),
    history,
  });
  const changed = !equalJson(merged, existing);
  return { endpoint: changed ? merged : existing, changed, dropped };
}

/**
 * The endpoint without some NICs: what is left of a Pod whose addresses were released although the Pod lives on.
 *
 * @param options `nics` are those that go; all when absent
 */
export function emptiedEndpoint(
  existing: SpiderEndpoint,
  { now, maxHistory, nics }: Pick<EndpointWrite, "now" | "maxHistory"> & { readonly nics?: readonly string[] },
): SpiderEndpoint {
  const { status } = existing;
  const ips = nics === undefined ? [] : (status?.current.ips ?? []).filter((entry) => !nics.includes(entry.interface));
  if (status === undefined || status.current.ips.length === ips.length) return existing;
  const history = formatHistory(historyIn(existing), { current: status.current, until: now }, maxHistory);
  const left = ips.map((entry) => entry.interface);
  const annotations = annotationsOf(existing.metadata.annotations ?? {}, { nics: left, history });
  return {
    ...existing,
    metadata: { ...existing.metadata, annotations },
    status: { ...status, current: { ...status.current, ips } },
  };
}

function statusOf(
  { pod }: EndpointOwner,
  { kind, name }: TopController,
  ips: InterfaceAllocation[],
): NonNullable<SpiderEndpoint["status"]> {
  return {
    current: { uid: podUidOf(pod), node: pod.spec.nodeName ?? "", ips },
    ownerControllerType: kind,
    ownerControllerName: name,
  };
}

/** Entries keep their place; new ones follow in request order, then by name. */
function mergeInterfaces(existing: readonly InterfaceAllocation[], write: EndpointWrite): InterfaceAllocation[] {
  const kept = existing.filter((entry) => !(write.removed?.includes(entry.interface) ?? false));
  const fresh = new Map(
    nicsOf(write).map((nic) => [nic, interfaceOf(nic, write.results.filter((result) => result.nic === nic))]),
  );
  const replaced = kept.map((entry) => fresh.get(entry.interface) ?? entry);
  const present = new Set(kept.map((entry) => entry.interface));
  return [...replaced, ...[...fresh.values()].filter((entry) => !present.has(entry.interface))];
}

function nicsOf({ results, nicOrder = [] }: EndpointWrite): string[] {
  const nics = [...new Set(results.map(({ nic }) => nic))].sort();
  return [...nicOrder.filter((nic) => nics.includes(nic)), ...nics.filter((nic) => !nicOrder.includes(nic))];
}

function historyIn({ metadata }: SpiderEndpoint): ReturnType<typeof historyOf> {
  return historyOf(metadata.annotations?.[annotationKeys.history]);
}

function droppedOf(before: SpiderEndpoint, after: SpiderEndpoint): IpamResult[] {
  const kept = new Set(resultsOfEndpoint(after).map(identityOf));
  return resultsOfEndpoint(before).filter((result) => !kept.has(identityOf(result)));
}

function identityOf({ family, address, pool }: IpamResult): string {
  return `${family} ${address.value} ${pool}`;
}
