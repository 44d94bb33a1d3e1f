/** The API server of the measurements: etcd and kube-apiserver in a network namespace of their own, without controllers. */
import { join } from "node:path";
import { systemClock } from "../../../net/base/clock.ts";
import { type HttpTransport, kubeconfigTransport } from "../../../crd/kube/mod.ts";
import { ControlPlane } from "../../../scripts/cluster/mod.ts";
import { networks } from "../../../scripts/cluster/layout.ts";
import { addPeerAddresses, writePeerToken } from "./peers.ts";
import { installCrds } from "../../kube/install_crds.ts";

/** Name of the control plane: one that a killed run left is found and removed by it. */
const NAME = "spbench";

/** Most agents of a measurement. */
const MAX_AGENTS = 200;

/** A real API server. */
export class RealApi implements AsyncDisposable {
  readonly #plane: ControlPlane;
  /** As its administrator, from this process. */
  readonly admin: HttpTransport;
  /** For processes in {@linkcode netns}, which reach it without a proxy. */
  readonly kubeconfig: string;
  readonly netns: string;
  /** File of the token that agents show each other. */
  readonly peerTokenPath: string;
  /** Processes whose share of the processors may be told. */
  readonly pids: Readonly<Record<"kube-apiserver" | "etcd", number | undefined>>;

  private constructor(
    plane: ControlPlane,
    admin: HttpTransport,
    files: { readonly kubeconfig: string; readonly peerTokenPath: string },
  ) {
    this.#plane = plane;
    this.admin = admin;
    this.kubeconfig = files.kubeconfig;
    this.peerTokenPath = files.peerTokenPath;
    const { machine } = plane.control;
    this.netns = machine.netns;
    this.pids = { "kube-apiserver": machine.pidOf("kube-apiserver"), "etcd": machine.pidOf("etcd") };
  }

  /** Why there can be none here; `undefined`: there can. */
  static async obstacle(): Promise<string | undefined> {
    return await ControlPlane.obstacle();
  }

  /** Starts one with the project's CRDs. */
  static async start(folder: string): Promise<RealApi> {
    await ControlPlane.down(NAME);
    try {
      const plane = await ControlPlane.up({ name: NAME, controllers: false });
      const text = await Deno.readTextFile(plane.kubeconfig);
      const kubeconfig = join(folder, "kubeconfig");
      await Deno.writeTextFile(
        kubeconfig,
        text.replaceAll(plane.server, `https://${networks.management.gateway}:443`),
        {
          mode: 0o600,
        },
      );
      const admin = await kubeconfigTransport(plane.kubeconfig, { clock: systemClock, userAgent: "spiderpool-bench" });
      await installCrds(admin);
      await addPeerAddresses(plane.control.machine.netns, MAX_AGENTS);
      const peerTokenPath = await writePeerToken(admin, folder);
      return new RealApi(plane, admin, { kubeconfig, peerTokenPath });
    } catch (err) {
      await ControlPlane.down(NAME);
      throw err;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.admin[Symbol.dispose]();
    await this.#plane.down();
  }
}
