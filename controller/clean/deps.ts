import type { Clock } from "../../net/base/clock.ts";
import type { Log } from "../../net/base/log.ts";
import type { Random } from "../../net/base/random.ts";
import type { KubeTransport, ObjectKey } from "../../crd/kube/mod.ts";

/** What an uninstall works with. */
export interface CleanDeps {
  readonly transport: KubeTransport;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** Ends everything; its reason is thrown. */
  readonly signal: AbortSignal;
}

/** What is removed, and how long it may take. */
export interface CleanOptions {
  /** ValidatingWebhookConfiguration to delete; absent: none. */
  readonly validatingWebhook?: string | undefined;
  /** MutatingWebhookConfiguration to delete; absent: none. */
  readonly mutatingWebhook?: string | undefined;
  /** DaemonSet whose Pods are stopped before anything is deleted; absent: agents go on running. */
  readonly agents?: ObjectKey | undefined;
  /** Job of the first install to delete; absent: none. */
  readonly initJob?: ObjectKey | undefined;
  /** Whether the definitions stay, without objects. */
  readonly keepCrds: boolean;
  /** Whose finalizers are taken off: this project's, or everybody's. */
  readonly finalizers: "ours" | "all";
  /** Milliseconds for everything. */
  readonly timeoutMs: number;
  /** Milliseconds for the agents to stop, within `timeoutMs`. */
  readonly agentTimeoutMs: number;
}

/** Deps with the moment, in milliseconds since the epoch, at which trying ends. */
export interface TimedDeps extends CleanDeps {
  readonly deadlineMs: number;
}
