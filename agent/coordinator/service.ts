import { abortable } from "../../net/base/abort.ts";
import type { Clock } from "../../net/base/clock.ts";
import type { Log } from "../../net/base/log.ts";
import type { Random } from "../../net/base/random.ts";
import type { Pod } from "../../crd/core/mod.ts";
import { type SpiderCoordinator, spiderCoordinators } from "../../crd/generated/mod.ts";
import { resourceClient } from "../../crd/kube/client.ts";
import type { KubeTransport, ObjectKey } from "../../crd/kube/contract.ts";
import { Reflector } from "../../crd/kube/reflector.ts";
import { reflectorSource } from "../../crd/kube/reflector_source.ts";
import { Store } from "../../crd/kube/store.ts";
import type { CoordinatorService } from "../api/mod.ts";
import { chooseCoordinator, coordinatorConfigOf } from "./resolve.ts";

/** What the service is made of. */
export interface CoordinatorDeps {
  readonly transport: KubeTransport;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** Bounds each request to the API server, in milliseconds. @default 10000 */
  readonly requestTimeoutMs?: number;
  /** The Pod, `undefined` when there is none. */
  readonly pod: (key: ObjectKey, signal: AbortSignal) => Promise<Pod | undefined>;
}

/** The service and the watch behind it. */
export interface RunningCoordinator extends CoordinatorService {
  /** Follows the SpiderCoordinators until `signal` is aborted. */
  run(signal: AbortSignal): Promise<void>;
}

/**
 * Answers what the coordinator plugin asks, from a watch of its own: addresses are given also where the Kind is not installed.
 * A request waits until the objects were read once.
 */
export function createCoordinatorService(deps: CoordinatorDeps): RunningCoordinator {
  const { transport, clock, random, log, requestTimeoutMs = 10_000, pod } = deps;
  const client = resourceClient(transport, spiderCoordinators, { clock, timeoutMs: requestTimeoutMs });
  const store = new Store<SpiderCoordinator>({ log });
  const reflector = new Reflector({ ...reflectorSource(client), store, clock, random, log });
  return {
    run: (signal) => reflector.run(signal),
    async config({ podName: name = "", podNamespace: namespace = "" }, signal) {
      await abortable(reflector.synced, signal);
      const found = name === "" ? undefined : await pod({ namespace, name }, signal);
      if (name !== "" && found === undefined) {
        throw new Error(`failed to get pod ${namespace}/${name}: there is none in the API`);
      }
      return coordinatorConfigOf(chooseCoordinator(store.list()), found?.metadata.annotations ?? {});
    },
  };
}
