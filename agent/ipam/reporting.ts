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
  readonly events: Pick<AgentClients["events"], "create" | "patch">;
  readonly view: Pick<ClusterView, "cachedPod" | "livePod">;
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
      if (events !== undefined) tellOfConflict({ events, view, log }, note, stop.signal);
    },
    endWith(signal) {
      signal.addEventListener("abort", () => stop.abort(signal.reason), { once: true });
    },
  };
}

/** A conflict is told once only, and the watch may not have told of its Pod yet: then the API server is asked. */
async function tellOfConflict(
  { events, view, log }: Pick<ReportingOptions, "view" | "log"> & { readonly events: PodEvents },
  note: QuarantineNote,
  signal: AbortSignal,
): Promise<void> {
  const key = { namespace: note.podNamespace, name: note.podName };
  try {
    const pod = view.cachedPod(key) ?? await view.livePod(key, signal);
    if (pod !== undefined) events.quarantined(pod, note);
  } catch (err) {
    if (!signal.aborted) log.warn("cannot tell a Pod of its address conflict", { ...note, err });
  }
}
