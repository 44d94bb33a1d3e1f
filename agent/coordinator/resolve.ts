import type { SpiderCoordinator } from "../../crd/generated/mod.ts";
import type { CoordinatorConfig } from "../api/mod.ts";

/** Name of the object that the controller keeps in step with the cluster. */
export const DEFAULT_COORDINATOR = "default";

/** Annotation of a Pod: the link that is to have its default route. */
export const DEFAULT_ROUTE_ANNOTATION = "ipam.spidernet.io/default-route-nic";

/** The object that counts: the one named `default`, else the oldest; `undefined` for none. */
export function chooseCoordinator(all: readonly SpiderCoordinator[]): SpiderCoordinator | undefined {
  return all.find(({ metadata }) => metadata.name === DEFAULT_COORDINATOR) ??
    all.toSorted((a, b) => ageKey(a) < ageKey(b) ? -1 : 1)[0];
}

/** RFC 3339 times in UTC sort as text; equally old ones by name. */
function ageKey({ metadata }: SpiderCoordinator): string {
  return `${metadata.creationTimestamp ?? ""} ${metadata.name}`;
}

/**
 * What the plugin is told: the object's spec, the prefixes its status found, and the Pod's own wish for the default route. Numbers
 * that are not set are left out, both lists of prefixes are always lists.
 *
 * @param annotations of the Pod
 * @throws {Error} when there is no object, or its prefixes are not known
 */
export function coordinatorConfigOf(
  coordinator: SpiderCoordinator | undefined,
  annotations: Readonly<Record<string, string>>,
): CoordinatorConfig {
  if (coordinator === undefined) throw new Error("no SpiderCoordinator found; create one, named default");
  const { spec = {}, status, metadata } = coordinator;
  if (status?.phase !== "Synced") {
    const reason = status?.reason ? `: ${status.reason}` : "";
    throw new Error(`SpiderCoordinator "${metadata.name}" is ${status?.phase ?? "not synced yet"}${reason}`);
  }
  return {
    mode: spec.mode ?? "auto",
    overlayPodCIDR: status.overlayPodCIDR ?? [],
    serviceCIDR: status.serviceCIDR ?? [],
    tunePodRoutes: spec.tunePodRoutes ?? true,
    hijackCIDR: spec.hijackCIDR ?? null,
    policyRoutes: spec.policyRoutes?.map(({ dst, gw }) => ({ dst, gw })) ?? null,
    podMACPrefix: spec.podMACPrefix ?? "",
    podDefaultRouteNIC: annotations[DEFAULT_ROUTE_ANNOTATION] ?? spec.podDefaultRouteNIC ?? "",
    hostRuleTable: spec.hostRuleTable ?? 0,
    podRPFilter: spec.podRPFilter ?? 0,
    txQueueLen: spec.txQueueLen ?? 0,
    vethLinkAddress: spec.vethLinkAddress ?? "",
    vethMTU: spec.vethMTU ?? 0,
  };
}
