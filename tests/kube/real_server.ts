/** A real API server to run the suites of this folder against; chosen by `tests/kube_real/`, none otherwise. */

/** Where it is and what the tests may do there. */
export interface RealServer {
  /** Path of an administrator's kubeconfig. */
  readonly kubeconfig: string;
  /** Whether a kube-controller-manager runs. */
  readonly hasControllers: boolean;
  /** Whether everything of Spiderpool on it may be deleted. */
  readonly mayDestroy: boolean;
  /** Whether its etcd says how far a watch is: reads that wait for that fail otherwise. */
  readonly hasWatchProgress: boolean;
  /** Whether it is a control plane of this run, with its keys in `pki/` beside the kubeconfig. */
  readonly isOwn: boolean;
}

let chosen: RealServer | undefined;

/** From now on tests are registered for `server`, and no longer for the embedded API. */
export function chooseRealServer(server: RealServer): void {
  chosen = server;
}

/** The chosen server; `undefined`: tests are for the embedded API. */
export function realServer(): RealServer | undefined {
  return chosen;
}
