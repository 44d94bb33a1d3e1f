import type { LogFields } from "../../net/base/log.ts";
import type { CniCall } from "./skeleton.ts";

/** Fields on every log line of a call, named as upstream's. */
export function fieldsOf({ environment }: CniCall): LogFields {
  return {
    Action: environment.command,
    ContainerID: environment.containerId,
    Netns: environment.netns,
    IfName: environment.ifname,
  };
}
