/** A cluster of two nodes that have our image, for all steps of the end-to-end test. */
import { buildImage } from "../../scripts/image/image.ts";
import { currentCommit } from "../../scripts/build/commit.ts";
import { executables } from "../../scripts/build/executables.ts";
import { repository } from "../../scripts/build/folders.ts";
import { systemToolchain } from "../../scripts/build/system_toolchain.ts";
import { runFreely } from "../../scripts/cluster/command.ts";
import { Cluster, remainsOf } from "../../scripts/cluster/mod.ts";
import { printLine } from "../../scripts/print.ts";
import { ToolError } from "../shared/run_tool.ts";
import type { Manifest } from "./workload.ts";

/** Name of the cluster: one that a killed run left is found and removed by it. */
const CLUSTER = "spe2e";

/** Image of `manifests/`. */
const IMAGE = "docker.io/spiderpool/spiderpool:v0.1.0";

/** Time for one command of kubectl, in seconds: some wait for ever. */
const KUBECTL_SECONDS = 120;

/** What the steps work on. Closing it ends the cluster. */
export class Bed implements AsyncDisposable {
  private constructor(readonly cluster: Cluster) {}

  /** Starts an empty cluster and imports the images. What was started is removed again if that fails. */
  static async start(): Promise<Bed> {
    await Cluster.down(CLUSTER);
    try {
      const [cluster, archive] = await Promise.all([
        Cluster.up({ name: CLUSTER, nodes: 2, say: printLine }),
        imageArchive(),
      ]);
      await importBytes(cluster, archive);
      return new Bed(cluster);
    } catch (err) {
      await Cluster.down(CLUSTER);
      throw err;
    }
  }

  /** Runs kubectl in the folder of the repository. @returns what it printed @throws {ToolError} with its own words if it fails */
  async kubectl(args: readonly string[], options: { readonly stdin?: string } = {}): Promise<string> {
    const timeout = ["timeout", "--verbose", String(KUBECTL_SECONDS)];
    const argv = [...timeout, this.cluster.programPath("kubectl"), `--kubeconfig=${this.cluster.kubeconfig}`, ...args];
    const { code, stdout, stderr } = await runFreely(argv, { ...options, cwd: repository });
    if (code !== 0) throw new ToolError(`kubectl ${args.join(" ")}`, code, stderr || stdout);
    return stdout;
  }

  /** Like `kubectl apply -f`. */
  async apply(...objects: readonly Manifest[]): Promise<void> {
    await this.kubectl(["apply", "-f", "-"], { stdin: listOf(objects) });
  }

  /** Like `kubectl delete -f`; waits until the objects have gone. */
  async delete(...objects: readonly Manifest[]): Promise<void> {
    await this.kubectl(["delete", "--ignore-not-found", "--timeout=60s", "-f", "-"], { stdin: listOf(objects) });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.cluster.down();
    const left = await remainsOf(CLUSTER);
    if (left.length > 0) throw new Error(`Cannot end cluster ${CLUSTER} whole: ${left.join(", ")}`);
  }
}

function listOf(items: readonly Manifest[]): string {
  return JSON.stringify({ apiVersion: "v1", kind: "List", items });
}

async function imageArchive(): Promise<Uint8Array> {
  const options = { executables, format: "bundle", name: IMAGE, commit: await currentCommit() } as const;
  const quiet = () => undefined;
  const { archive } = await buildImage(options, { obtainToolchain: () => systemToolchain(quiet), say: printLine });
  return archive;
}

async function importBytes(cluster: Cluster, archive: Uint8Array): Promise<void> {
  const path = await Deno.makeTempFile({ prefix: "spiderpool-image-", suffix: ".tar" });
  try {
    await Deno.writeFile(path, archive);
    await cluster.importImage(path);
  } finally {
    await Deno.remove(path);
  }
}
