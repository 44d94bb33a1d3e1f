import type { Pod } from "../../crd/core/mod.ts";
import type { SpiderEndpoint } from "../../crd/generated/mod.ts";
import { annotationKeys } from "../../crd/ipam/annotations.ts";
import { attachmentsOf } from "../../crd/ipam/attachments.ts";
import { fixedAddressOf } from "../../crd/ipam/endpoint.ts";
import { IpamError } from "../../crd/ipam/errors.ts";
import type { IpamFeatures } from "../../crd/ipam/features.ts";
import { podUidOf } from "../../crd/ipam/pod_identity.ts";
import { isSuperseded, type KeepReason, uidMeant } from "../../crd/ipam/release_decide.ts";
import { vmiNameOf } from "../../crd/ipam/virtual_machine.ts";
import { controllerOf } from "../../crd/ipam/top_controller.ts";
import { ReleaseForbiddenError } from "../api/service.ts";
import type { IpamBatchDelArgs } from "../api/types.ts";
import { conflictsOf, releaseConflicts } from "./conflict.ts";
import { type Deadline, withDeadline } from "./deadline.ts";
import type { IpamDeps } from "./deps.ts";
import { fixedOwnerOf } from "./endpoint_facts.ts";
import { findEndpoint, type FoundEndpoint } from "./endpoint_lookup.ts";
import { runsElsewhere } from "./fixed_owner.ts";
import { nicsWith, releaseNics } from "./release_nics.ts";
import { podKey } from "./running_adds.ts";

const ACTION = "Cannot release addresses";

/**
 * Gives back everything a Pod holds, or what a NIC holds whose ADD failed, or sets aside only what is in conflict
 * (spec/ipam.md §14.2; claim protocol, rules 6 and 8). What is asked for a sandbox that a newer one has replaced is not
 * done: the addresses are in use again.
 *
 * @throws {ReleaseForbiddenError} when conflicting addresses stay
 * @throws {IpamError} when the endpoint is missing or another Pod's, or what the API server said
 */
export function releaseBatch(deps: IpamDeps, args: IpamBatchDelArgs, signal: AbortSignal): Promise<void> {
  const { clock, config, running } = deps;
  return withDeadline(
    { clock, ms: config.deadlineMs, signal, action: ACTION },
    (deadline) => running.alone(args, () => releaseAlone(deps, args, deadline), deadline),
  );
}

async function releaseAlone(deps: IpamDeps, args: IpamBatchDelArgs, deadline: Deadline): Promise<void> {
  const conflicts = conflictsOf(args);
  const { pod, endpoint } = await findEndpoint(deps, args, deadline.signal);
  if (pod === undefined && args.podUID === "") return;
  if (conflicts.length > 0 || args.isReleaseConflictIPs === true) mayRelease(deps, args, { pod, endpoint });
  if (endpoint === undefined) throw missing(args);
  const podUid = recordedUid(args, pod, endpoint);
  const fields = { pod: podKey(args), podUid, containerId: args.containerID };
  const reason = await reasonToKeep(deps, args, { pod, endpoint, deadline });
  if (reason !== undefined) return deps.log.info("kept addresses", { ...fields, reason });
  if (conflicts.length > 0) return await releaseConflicts(deps, { args, podUid, endpoint, conflicts }, deadline);
  const nics = args.ifName === undefined ? undefined : nicsWith(args.ifName, {
    endpoint,
    asked: deps.sandboxes.nicsOf(podUid, args.containerID),
  });
  const freed = await releaseNics(deps, { podUid, endpoint, nics }, deadline);
  deps.log.info("released addresses", { ...fields, ifname: args.ifName, freed });
}

/** Why the addresses are in use although their release is asked for: by a newer sandbox, or by the VM's other Pod. */
async function reasonToKeep(
  { config, reads }: IpamDeps,
  { containerID: containerId, ifName: ifname = "" }: IpamBatchDelArgs,
  { pod, endpoint, deadline }: { pod: Pod | undefined; endpoint: SpiderEndpoint; deadline: Deadline },
): Promise<KeepReason | undefined> {
  const attachments = attachmentsOf(endpoint.metadata.annotations?.[annotationKeys.attachments]);
  if (isSuperseded(attachments, { ifname, containerId })) return "newer-container";
  const isVm = fixedOwnerOf(endpoint, config.features) === "kubevirt";
  return isVm && await runsElsewhere(reads, { pod, endpoint }, deadline.signal) ? "shared-with-pod" : undefined;
}

/** @throws {ReleaseForbiddenError} if a conflict is no reason to take this Pod's addresses away */
function mayRelease({ config }: IpamDeps, args: IpamBatchDelArgs, found: FoundEndpoint): void {
  const macs = conflictsOf(args).map(({ ip, mac = "an unknown host" }) => `${ip} is answered for by ${mac}`);
  const who = macs.length === 0 ? "" : `; ${macs.join(", ")}`;
  if (config.releaseConflictIPs === false) {
    const why = "SPIDERPOOL_ENABLED_RELEASE_CONFLICT_IPS is false";
    throw new ReleaseForbiddenError("stateless", `${why}, ${holderOf(args, found)} keeps its addresses${who}`);
  }
  const kind = fixedKindOf(found, config.features);
  if (kind === undefined) return;
  const why = `the addresses of a ${kind === "statefulset" ? "StatefulSet" : "VM"} are fixed`;
  throw new ReleaseForbiddenError("stateful", `${why}, ${holderOf(args, found)} keeps them${who}`);
}

/** Whose the addresses are in the words of whoever runs it: of a VM people know the name, not that of its Pod. */
function holderOf(args: IpamBatchDelArgs, { pod, endpoint }: FoundEndpoint): string {
  const named = endpoint?.status?.ownerControllerType === "VirtualMachineInstance" ? endpoint.metadata.name : undefined;
  const vmi = pod === undefined ? named : vmiNameOf(pod);
  const holder = `Pod "${podKey(args)}"`;
  return vmi === undefined ? holder : `VM "${args.podNamespace}/${vmi}" (${holder})`;
}

/** Why the Pod's addresses are fixed. Its direct controller tells: no owner of that kind is further away. */
function fixedKindOf({ pod, endpoint }: FoundEndpoint, features: IpamFeatures): ReturnType<typeof fixedAddressOf> {
  if (pod === undefined) return endpoint && fixedOwnerOf(endpoint, features);
  const owner = controllerOf(pod);
  return owner && fixedAddressOf({ topController: { ...owner, namespace: "" }, features });
}

/** Nobody knows what is to be freed. */
function missing({ podNamespace, podName }: IpamBatchDelArgs): IpamError {
  const detail = `Pod "${podNamespace}/${podName}" has no SpiderEndpoint; a DEL frees what it may hold`;
  return new IpamError("internal", detail, { action: ACTION });
}

/** UID of the records. @throws {IpamError} `pod-uid-mismatch` if the endpoint is another incarnation's */
function recordedUid(args: IpamBatchDelArgs, pod: Pod | undefined, endpoint: SpiderEndpoint): string {
  const asked = args.podUID === "" && pod !== undefined ? podUidOf(pod) : args.podUID;
  const podUid = uidMeant({ podUid: asked, containerId: args.containerID, pod, endpoint });
  const recorded = endpoint.status?.current.uid;
  if (podUid !== undefined && podUid === recorded) return podUid;
  const { namespace, name } = endpoint.metadata;
  const detail = `SpiderEndpoint "${namespace}/${name}" is of Pod UID "${recorded ?? ""}", not of "${asked}"`;
  throw new IpamError("pod-uid-mismatch", detail, { action: ACTION });
}
