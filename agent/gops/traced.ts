import { type Clock, steadyNow } from "../../net/base/clock.ts";
import type { KubeTransport } from "../../crd/kube/contract.ts";
import type { IpamService } from "../api/mod.ts";
import { formatAge } from "./units.ts";
import type { Wait, Waits } from "./waits.ts";

/** `clock`, with each sleep in `waits` together with where it was begun. */
export function tracedClock(clock: Clock, waits: Waits): Clock {
  function sleep(ms: number, signal?: AbortSignal): Promise<void> {
    const origin = new Error("sleeps here");
    Error.captureStackTrace(origin, sleep); // who called is of interest
    return waits.during({ kind: "timer", what: `sleep ${formatAge(ms)}`, origin }, clock.sleep(ms, signal));
  }
  return { now: () => clock.now(), steady: () => steadyNow(clock), sleep };
}

/** `transport`, with each request in `waits` until it is answered. What a watch then sends is not waited for here. */
export function tracedTransport<T extends KubeTransport & { close?(): void }>(
  transport: T,
  waits: Waits,
): KubeTransport & { close(): void } {
  return {
    request(request) {
      const what = `${request.method} ${request.path}${request.query?.["watch"] === undefined ? "" : " (watch)"}`;
      return waits.during({ kind: "api", what }, transport.request(request));
    },
    close: () => transport.close?.(),
  };
}

/** `service`, with each request of a plugin in `waits`. */
export function tracedIpam(service: IpamService, waits: Waits): IpamService {
  return {
    add: (args, signal) => waits.during(attachment("ADD", args), service.add(args, signal)),
    release: (args, signal) => waits.during(attachment("DEL", args), service.release(args, signal)),
    releaseBatch: (args, signal) => waits.during(attachment("batch DEL", args), service.releaseBatch(args, signal)),
    endpoint(key, signal) {
      const fields = { pod: `${key.namespace}/${key.name}` };
      return waits.during({ kind: "request", what: "workloadendpoint", fields }, service.endpoint(key, signal));
    },
    explain(query, signal) {
      const fields = { pod: `${query.podNamespace}/${query.podName}` };
      return waits.during({ kind: "request", what: "explain", fields }, service.explain(query, signal));
    },
  };
}

interface Attachment {
  readonly podNamespace: string;
  readonly podName: string;
  readonly podUID: string;
  readonly containerID: string;
  readonly ifName?: string;
}

function attachment(what: string, args: Attachment): Wait {
  const { podNamespace, podName, podUID, containerID, ifName } = args;
  const nic = ifName === undefined ? {} : { ifname: ifName };
  return {
    kind: "request",
    what,
    fields: { pod: `${podNamespace}/${podName}`, podUid: podUID, containerId: containerID, ...nic },
  };
}
