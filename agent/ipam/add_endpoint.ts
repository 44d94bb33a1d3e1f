import { annotationKeys } from "../../crd/ipam/annotations.ts";
import type { IpamResult } from "../../crd/ipam/answer.ts";
import { type Attachments, attachmentsOf } from "../../crd/ipam/attachments.ts";
import { staticUidOf } from "../../crd/ipam/pod_identity.ts";
import type { SpiderEndpoint } from "../../crd/generated/mod.ts";
import type { AddRun } from "./add_run.ts";
import { heldBy } from "./endpoint_facts.ts";
import { withNetworks } from "./gc_network.ts";
import type { Inheritance } from "./inheritance.ts";
import { livePodFor } from "./pod_lookup.ts";

/** Writes what the Pod holds into its endpoint, for this container. */
export function writeEndpoint(
  run: AddRun,
  results: readonly IpamResult[],
  inheritance?: Inheritance,
): Promise<SpiderEndpoint> {
  const { deps, args, owner, endpoint, podUid, deadlineMs, signal } = run;
  const nics = [args.ifName, ...results.map(({ nic }) => nic), ...heldBy(endpoint, podUid).keys()];
  const write = {
    results,
    removed: inheritance?.formerUid === undefined ? [] : nicsBefore(endpoint, results),
    attachments: withNetworks(attachmentsOfAdd(run, { nics, undecided: inheritance?.undecided ?? [] }), run),
    now: new Date(deps.clock.now()).toISOString(),
    maxHistory: deps.config.maxHistory,
  };
  return deps.endpoints.write(owner, write, {
    existing: endpoint,
    deadlineMs,
    signal,
    // Entries of another incarnation are replaced only by the Pod that has the name now.
    mayReplace: async ({ status }) => {
      if (status !== undefined && status.current.uid !== podUid) await livePodFor(deps.view, args, signal);
    },
  });
}

/** NICs that an earlier incarnation had, and this one does not. */
function nicsBefore(endpoint: SpiderEndpoint | undefined, results: readonly IpamResult[]): readonly string[] {
  const before = (endpoint?.status?.current.ips ?? []).map((entry) => entry.interface);
  return before.filter((name) => !results.some(({ nic }) => nic === name));
}

/**
 * What this ADD says of all NICs. One sandbox has them all, the newest: it supersedes an older one, whose late DEL for
 * another NIC would free them all. Writing it leaves them to a newer one that is there: this may be a late ADD.
 */
function attachmentsOfAdd(
  { args, owner, endpoint, formerSandboxes, unfinished }: AddRun,
  { nics, undecided }: { readonly nics: readonly string[]; readonly undecided: readonly string[] },
): Attachments {
  const before = attachmentsOf(endpoint?.metadata.annotations?.[annotationKeys.attachments]);
  const runtimeUid = staticUidOf(owner.pod);
  const former = unfinished === undefined ? formerSandboxes : [unfinished.containerId, ...formerSandboxes];
  const attachment = {
    containerId: args.containerID,
    ...(runtimeUid !== undefined && { runtimeUid }),
    ...(former.length > 0 && { former }),
  };
  const isOpen = (nic: string) => nic !== args.ifName && (undecided.includes(nic) || before[nic]?.undecided === true);
  return Object.fromEntries(nics.map((nic) => [nic, isOpen(nic) ? { ...attachment, undecided: true } : attachment]));
}
