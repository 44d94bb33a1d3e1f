import type { IpamResult } from "../../crd/ipam/answer.ts";
import { annotationKeys } from "../../crd/ipam/annotations.ts";
import { attachmentsOf } from "../../crd/ipam/attachments.ts";
import { fixedAddressOf, resultsOfEndpoint } from "../../crd/ipam/endpoint.ts";
import { fixedAddresses } from "../../crd/ipam/fixed_addresses.ts";
import { intentOf } from "../../crd/ipam/intent.ts";
import type { AddFacts } from "../../crd/ipam/plan.ts";
import { isSameStaticPod } from "../../crd/ipam/static_pod.ts";
import { migrationOf } from "../../crd/ipam/virtual_machine.ts";
import type { NeedsContext } from "./needs.ts";
import { livePodFor } from "./pod_lookup.ts";

/** What a Pod takes over of what its endpoint lists. */
export interface Inheritance {
  readonly kept: readonly IpamResult[];
  /** What goes once the Pod has its own in place of it. */
  readonly dropped: readonly IpamResult[];
  /** UID of the incarnation that the endpoint is of; `undefined` when that is this one. */
  readonly formerUid: string | undefined;
  /** NICs that are taken over without knowing which pools are named for them. */
  readonly undecided: readonly string[];
}

/**
 * What the Pod takes over (spec/ipam.md §11; claim protocol, rule 5): of a StatefulSet or a VM what the sources of pools
 * still name; all of it while a VM migrates, and when a static Pod only got another mirror. `undefined` for every other
 * Pod, and for one that has been served already.
 *
 * @throws {IpamError} if the source that applies cannot be read, or another Pod has the name by now
 */
export async function inheritanceOf(
  context: Omit<NeedsContext, "deps"> & { readonly deps: Pick<NeedsContext["deps"], "view"> },
  facts: AddFacts,
): Promise<Inheritance | undefined> {
  const { endpoint, podUid, args, owner } = context;
  const former = endpoint?.status?.current;
  if (endpoint === undefined || former === undefined) return undefined;
  const listed = resultsOfEndpoint(endpoint);
  const options = { nic: args.ifName, hasPool: poolNames(facts) };
  if (former.uid === podUid) {
    if (!isUndecided(context)) {
      // What it lists could not be confirmed: a late ADD must not give a name that lives on other addresses.
      if (fixedAddressOf(owner) !== undefined) await livePodFor(context.deps.view, args, context.signal);
      if (fixedAddressOf(owner) !== "kubevirt") return undefined;
      // The Pod that the VM migrates to may have re-owned it, and not yet written the endpoint: both share it.
      const { kept, changed } = fixedAddresses(listed, undefined, options);
      return { kept, dropped: changed, formerUid: podUid, undecided: [] };
    }
    const own = listed.filter(({ nic }) => nic === args.ifName);
    const { kept, changed } = fixedAddresses(own, intentOf(facts), options);
    return { kept, dropped: changed, formerUid: undefined, undecided: [] };
  }
  const isStatic = isSameStaticPod(endpoint, owner.pod);
  if (!isStatic && fixedAddressOf(owner) === undefined) return undefined;
  await livePodFor(context.deps.view, args, context.signal); // only by the Pod that has the name now
  const isOver = endpoint.metadata.deletionTimestamp !== undefined && !isStatic;
  if (isOver) return { kept: [], dropped: listed, formerUid: former.uid, undecided: [] };
  const isAnotherStart = !isStatic && migrationOf(owner.pod) === undefined;
  const intent = isAnotherStart ? intentOf(facts) : undefined;
  const { kept, changed, undecided } = fixedAddresses(listed, intent, options);
  return { kept, dropped: changed, formerUid: former.uid, undecided };
}

/** Whether the NIC of the request was only taken over with others: this is its first ADD in this incarnation. */
export function isUndecided({ endpoint, args, owner }: Pick<NeedsContext, "endpoint" | "args" | "owner">): boolean {
  if (fixedAddressOf(owner) === undefined || endpoint?.metadata.deletionTimestamp !== undefined) return false;
  return attachmentsOf(endpoint?.metadata.annotations?.[annotationKeys.attachments])[args.ifName]?.undecided === true;
}

function poolNames({ pools }: AddFacts): (name: string) => boolean {
  const names = new Set(pools.map(({ metadata }) => metadata.name));
  return (name) => names.has(name);
}
