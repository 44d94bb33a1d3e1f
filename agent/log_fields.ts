import type { LogFields } from "../net/base/log.ts";

/** What the plugin says about an attachment. */
export interface AttachmentArgs {
  readonly containerID: string;
  readonly ifName?: string;
  readonly netNamespace?: string;
  readonly podNamespace: string;
  readonly podName: string;
  readonly podUID: string;
}

/** What the plugin asks for an attachment. */
export type AttachmentVerb = "ADD" | "DEL" | "batch DEL";

/** Fields of every line about one request of a plugin. */
export function attachmentFields(verb: AttachmentVerb, args: AttachmentArgs): LogFields {
  const { containerID, ifName, netNamespace, podNamespace, podName, podUID } = args;
  return {
    verb,
    pod: `${podNamespace}/${podName}`,
    podUid: podUID,
    ifname: ifName,
    containerId: containerID,
    netns: netNamespace,
  };
}

/** How upstream's log names what this code names otherwise. */
const upstreamNames: Readonly<Record<string, string>> = {
  verb: "CNICommand",
  containerId: "ContainerID",
  ifname: "IfName",
  netns: "NetNamespace",
  podUid: "PodUID",
};

/** `fields` by the names of upstream's log; `pod` becomes two of them. What upstream has no name for keeps its own. */
export function upstreamFields(fields: LogFields): LogFields {
  return Object.fromEntries(
    Object.entries(fields).flatMap(([key, value]) => {
      if (key === "pod" && typeof value === "string") return podFields(value);
      return [[Object.hasOwn(upstreamNames, key) ? upstreamNames[key] : key, value]];
    }),
  );
}

/** @param pod `namespace/name` */
function podFields(pod: string): [string, string][] {
  const slash = pod.indexOf("/");
  return [["PodNamespace", pod.slice(0, Math.max(slash, 0))], ["PodName", pod.slice(slash + 1)]];
}
