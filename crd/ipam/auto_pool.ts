import type { Family } from "../../net/ip/mod.ts";
import type { SpiderIPPool } from "../generated/mod.ts";
import { annotationKeys } from "./annotations.ts";
import { parseIpNumber, parseReclaim } from "./subnet_annotations.ts";
import type { AnnotationText } from "./annotation_text.ts";
import { IpamError } from "./errors.ts";
import type { TopController } from "./top_controller.ts";
import { isThirdParty, splitApiVersion } from "./top_controller.ts";

/** Labels of auto-created pools; spec/crds.md §2.5. */
export const poolLabels = {
  subnet: "ipam.spidernet.io/owner-spider-subnet",
  applicationGv: "ipam.spidernet.io/owner-application-gv",
  applicationKind: "ipam.spidernet.io/owner-application-kind",
  applicationNamespace: "ipam.spidernet.io/owner-application-namespace",
  applicationName: "ipam.spidernet.io/owner-application-name",
  applicationUid: "ipam.spidernet.io/owner-application-uid",
  interface: "ipam.spidernet.io/interface",
  ipVersion: "ipam.spidernet.io/ip-version",
} as const;

/** Keys of `podAffinity.matchLabels` of auto-created pools: they name the application, not Pod labels; spec/crds.md §2.6. */
export const applicationLabels = {
  group: "ipam.spidernet.io/app-api-group",
  version: "ipam.spidernet.io/app-api-version",
  kind: "ipam.spidernet.io/app-kind",
  namespace: "ipam.spidernet.io/app-namespace",
  name: "ipam.spidernet.io/app-name",
} as const;

/** Whether the controller made the pool for one application. */
export function isAutoPool(pool: SpiderIPPool): boolean {
  return pool.metadata.labels?.[poolLabels.applicationName] !== undefined;
}

/** What the five {@linkcode applicationLabels} are for an application. */
export function applicationLabelsOf(controller: TopController): Record<string, string> {
  const { group, version } = splitApiVersion(controller.apiVersion);
  return {
    [applicationLabels.group]: group,
    [applicationLabels.version]: version,
    [applicationLabels.kind]: controller.kind,
    [applicationLabels.namespace]: controller.namespace,
    [applicationLabels.name]: controller.name,
  };
}

/** Which auto-created pool is looked for. */
export interface AutoPoolQuery {
  readonly subnet: string;
  readonly nic: string;
  readonly family: Family;
  readonly topController: TopController;
  /** NIC that the annotation is for: spiderpool-controller creates pools for that one only. @default nic */
  readonly annotatedNic?: string;
}

/** Labels of the pool that the controller makes for an application, NIC and family. */
export function autoPoolLabels({ subnet, nic, family, topController }: AutoPoolQuery): Record<string, string> {
  return {
    [poolLabels.subnet]: subnet,
    [poolLabels.applicationGv]: topController.apiVersion.replaceAll("/", "_"),
    [poolLabels.applicationKind]: topController.kind,
    [poolLabels.applicationNamespace]: topController.namespace,
    [poolLabels.applicationName]: topController.name,
    [poolLabels.applicationUid]: topController.uid,
    [poolLabels.interface]: nic,
    [poolLabels.ipVersion]: `IPv${family}`,
  };
}

/**
 * Name of the application's auto-created pool. Whatever its size: a pool with a free address will do.
 *
 * @throws {IpamError} `auto-pool-missing` when there is none yet; `auto-pool-unusable` when there are several, or none
 *   and nobody creates one
 */
export function autoPoolOf(query: AutoPoolQuery, pools: readonly SpiderIPPool[]): string {
  const labels = autoPoolLabels(query);
  const found = pools.filter((pool) => hasLabels(pool, labels)).map((pool) => pool.metadata.name).sort();
  const [name] = found;
  if (name !== undefined && found.length === 1) return name;
  if (name === undefined) throw missingPool(query, textOf(labels));
  throw new IpamError(
    "auto-pool-unusable",
    `IPPools ${found.join(", ")} all have the labels ${textOf(labels)}; one may have them`,
  );
}

/** The same opening words whatever the cause: people look for them. */
function missingPool({ subnet, nic, topController, annotatedNic = nic }: AutoPoolQuery, labels: string): IpamError {
  const missing = `no matching auto-created IPPool for labels ${labels}; `;
  if (annotatedNic !== nic) {
    return new IpamError(
      "auto-pool-unusable",
      `${missing}spiderpool-controller creates it for ${JSON.stringify(annotatedNic)} only, which annotation ` +
        `${annotationKeys.subnet} names: list ${JSON.stringify(nic)} in annotation ${annotationKeys.subnets}`,
    );
  }
  if (isThirdParty(topController)) {
    const { apiVersion, kind, namespace, name } = topController;
    return new IpamError(
      "auto-pool-unusable",
      `${missing}for third-party controllers such as ${kind} "${namespace}/${name}" of ${apiVersion} neither this ` +
        `agent nor spiderpool-controller creates one: create an IPPool with these labels from SpiderSubnet "${subnet}", ` +
        `or name IPPools in annotation ${annotationKeys.ippool}`,
    );
  }
  return new IpamError(
    "auto-pool-missing",
    `${missing}spiderpool-controller creates it from SpiderSubnet "${subnet}": ` +
      "see its log and the Events of the application",
  );
}

/**
 * Checks that the application can have auto-created pools.
 *
 * @param annotations of the Pod
 * @throws {IpamError} `auto-pool-unusable` for a bare Pod, or a third-party controller without a number of addresses;
 *   `wrong-input` for a malformed number or reclaim flag
 */
export function checkAutoPoolUse(
  topController: TopController,
  { annotations, owner }: { annotations: Readonly<Record<string, string>>; owner: string },
): void {
  if (topController.apiVersion === "v1" && topController.kind === "Pod") {
    throw new IpamError(
      "auto-pool-unusable",
      `${owner} has no controller: auto-created IPPools are for applications only`,
    );
  }
  const ipNumber = annotationText(annotations, annotationKeys.ipNumber, owner);
  if (ipNumber !== undefined) parseIpNumber(ipNumber);
  const reclaim = annotationText(annotations, annotationKeys.reclaim, owner);
  if (reclaim !== undefined) parseReclaim(reclaim);
  if (ipNumber === undefined && isThirdParty(topController)) {
    throw new IpamError(
      "auto-pool-unusable",
      `${owner} is controlled by ${topController.kind} "${topController.name}" of ${topController.apiVersion}, ` +
        `whose replicas are unknown: set annotation ${annotationKeys.ipNumber}`,
    );
  }
}

/** The annotation `key`, when it is present; an empty one is. */
export function annotationText(
  annotations: Readonly<Record<string, string>>,
  key: string,
  owner: string,
): AnnotationText | undefined {
  const text = annotations[key];
  return text === undefined ? undefined : { text, owner };
}

function hasLabels(pool: SpiderIPPool, labels: Readonly<Record<string, string>>): boolean {
  return Object.entries(labels).every(([key, value]) => pool.metadata.labels?.[key] === value);
}

function textOf(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels).map(([key, value]) => `${key}=${value}`).join(", ");
}
