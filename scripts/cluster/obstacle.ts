/** Why a cluster cannot run here. */
import { firstReason, needsCommand, needsPath, needsRoot } from "../../tests/shared/skip.ts";
import { buildObstacle } from "./build.ts";
import { BUSYBOX } from "./busybox.ts";
import { PLUGINS } from "./node.ts";

/** Why a control plane cannot run here; `undefined`: it can. */
export async function controlPlaneObstacle(): Promise<string | undefined> {
  const commands = ["ip", "nsenter", "unshare", "setsid", "nice", "awk", "etcd"].map(needsCommand);
  return firstReason(needsRoot(), ...commands, needsPath("/sys/fs/cgroup", "control groups")) ?? await buildObstacle();
}

/** Why a whole cluster cannot run here; `undefined`: it can. */
export async function clusterObstacle(): Promise<string | undefined> {
  const reason = firstReason(
    needsRoot(),
    ...["containerd", "ctr", "runc"].map(needsCommand),
    needsPath(`${PLUGINS}/macvlan`, "the reference CNI plugins"),
    needsPath(BUSYBOX, "a static busybox"),
  );
  return reason ?? await controlPlaneObstacle();
}
