/** A node of netns with Pods for plugins, and an agent that answers at once. */
import { CoordinatorStage, type StagedPod } from "../../shared/coordinator_stage.ts";
import { FakeAgent, type SeenRequest } from "../../cni/fake_agent.ts";
import { exampleAgent } from "../../../plugins/coordinator/plan_fixture.ts";
import type { MeasuredCommand } from "./measured_call.ts";

/** A CNI configuration of one plugin. */
export type Conf = { readonly type: string } & Readonly<Record<string, unknown>>;

/** One Pod and its number. */
export interface BenchPod extends StagedPod {
  readonly index: number;
}

/** Verbs that are measured. */
export type BenchVerb = "ADD" | "DEL";

/** Closing it removes everything. */
export class BenchNode implements AsyncDisposable {
  readonly stage = new CoordinatorStage();
  readonly agent: FakeAgent;
  readonly pods: readonly BenchPod[];
  readonly folder: string;

  /** @param count number of Pods */
  constructor(count: number) {
    this.folder = Deno.makeTempDirSync({ prefix: "bench-plugins-", dir: "/run" }); // compiled ones may write there
    this.agent = new FakeAgent(this.folder, answerOf);
    this.pods = Array.from({ length: count }, (_, index) => ({ ...this.stage.addPod(), index }));
  }

  /** The command that calls the plugin at `path` on this node. */
  commandFor(
    pod: BenchPod,
    { path, verb, conf }: { readonly path: string; readonly verb: BenchVerb; readonly conf: Conf },
  ): MeasuredCommand {
    const folders = [path.slice(0, path.lastIndexOf("/")), "/usr/lib/cni"];
    return {
      argv: ["/usr/bin/nsenter", `--net=${this.stage.node.path}`, path],
      env: {
        CNI_COMMAND: verb,
        CNI_CONTAINERID: pod.containerId,
        CNI_NETNS: pod.netns.path,
        CNI_IFNAME: "eth0",
        CNI_PATH: folders.join(":"),
        CNI_ARGS: `IgnoreUnknown=1;K8S_POD_NAMESPACE=bench;K8S_POD_NAME=web-${pod.index};K8S_POD_UID=uid-${pod.index}`,
      },
      stdin: JSON.stringify({ cniVersion: "1.0.0", name: "bench", ...conf }),
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.agent[Symbol.asyncDispose]();
    this.stage[Symbol.dispose]();
    Deno.removeSync(this.folder, { recursive: true });
  }
}

/** Address of a Pod on the network of `ens5`. */
export function addressOf(index: number): string {
  return `172.22.18.${index + 1}/20`;
}

function answerOf({ line, body }: SeenRequest) {
  const index = Number(/\d+$/.exec(String(body.podName ?? ""))?.[0] ?? 0);
  switch (line) {
    case "POST /v1/ipam/ip":
      return { status: 200, json: { ips: [{ version: 4, address: addressOf(index), nic: "eth0" }], routes: null } };
    case "GET /v1/coordinator/config":
      return { status: 200, json: exampleAgent };
    default:
      return { status: 200 };
  }
}
