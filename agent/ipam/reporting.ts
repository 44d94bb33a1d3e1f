import type { Clock } from "../../net/base/clock.ts";
import type { Log } from "../../net/base/log.ts";
import type { Random } from "../../net/base/random.ts";
import { EventRecorder } from "../../crd/kube/events.ts";
import { addObserver } from "./add_observer.ts";
import type { AddObserver } from "./add_trace.ts";
import type { AgentClients } from "./clients.ts";
import type { ClusterView } from "./cluster_view.ts";
import type { QuarantineNote } from "./conflict.ts";
import { AddMemory } from "./explain_memory.ts";
import { PodEvents } from "./pod_events.ts";

/** What {@linkcode createReporting} is made of. */
export interface ReportingOptions {
  readonly events: AgentClients["events"];
  readonly view: Pick<ClusterView, "cachedPod">;
  readonly nodeName: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** Whether Events are recorded on Pods. */
  readonly withEvents: boolean;
}

/** Who is told of what IPAM did and could not do. */
export interface Reporting {
  readonly observer: AddObserver;
  readonly memory: AddMemory;
  readonly onQuarantined: (note: QuarantineNote) => void;
  /** Events are sent until `signal` is aborted. */
  endWith(signal: AbortSignal): void;
}

/** Makes what tells people about ADDs: the log, Events on Pods, and the memory of `explain`. */
export function createReporting(options: ReportingOptions): Reporting {
  const { events: client, view, nodeName: host, clock, random, log, withEvents } = options;
  const stop = new AbortController();
  const recorder = new EventRecorder({
    events: client,
    clock,
    random,
    log,
    component: "spiderpool-agent",
    host,
    signal: stop.signal,
  });
  const events = withEvents ? new PodEvents({ recorder, clock }) : undefined;
  const memory = new AddMemory(clock);
  return {
    memory,
    observer: addObserver({ log, view, memory, events }),
    onQuarantined(note) {
      const pod = view.cachedPod({ namespace: note.podNamespace, name: note.podName });
      if (pod !== undefined) events?.quarantined(pod, note);
    },
    endWith(signal) {
      signal.addEventListener("abort", () => stop.abort(signal.reason), { once: true });
    },
  };
}
