/** A cluster of two nodes that have our image, made as `docs/install.md` tells, for all steps of the end-to-end test. */
import { dirname, join } from "node:path";
import { packageVersion } from "../../net/base/version.ts";
import { repository } from "../../scripts/build/folders.ts";
import { exists, removeTree } from "../../scripts/cluster/files.ts";
import { runFreely } from "../../scripts/cluster/command.ts";
import { Cluster, nameHere, remainsOf, takeLock } from "../../scripts/cluster/mod.ts";
import { printLine } from "../../scripts/print.ts";
import { ToolError } from "../shared/run_tool.ts";
import { documentedCommands } from "./docs_commands.ts";
import { type ImageFormat, withFormat } from "./format.ts";
import { PATIENCE_MS, PATIENT } from "./patience.ts";
import type { Manifest } from "./workload.ts";

/** Name of the cluster: one that a killed run of this checkout left is found and removed by it. */
const CLUSTER = nameHere("spe");

/** The page that is followed, and its section that makes cluster and image. */
export const page = "docs/install.md";
const SECTION = "On one machine, to try it";

/** Image of `manifests/`. */
export const IMAGE = `docker.io/spiderpool/spiderpool:v${packageVersion}`;

/** Time for the commands of that section, in seconds: the first time, Kubernetes is built. */
const START_SECONDS = 3600;

/** Time for those of another one, in seconds: the uninstall Job gets twenty minutes there. */
const FOLLOW_SECONDS = 1500;

/** What the steps work on. Closing it ends the cluster. */
export class Bed implements AsyncDisposable {
  readonly leftovers: readonly string[];
  readonly #lock: Disposable;

  private constructor(
    readonly cluster: Cluster,
    readonly format: ImageFormat,
    { leftovers, lock }: { readonly leftovers: readonly string[]; readonly lock: Disposable },
  ) {
    this.leftovers = leftovers;
    this.#lock = lock;
  }

  /** Follows the page on the empty machine. What was started is removed again if that fails. */
  static async start(format: ImageFormat): Promise<Bed> {
    const lock = await takeLock({ say: printLine, path: import.meta.dirname!, work: "runs these tests here" });
    try {
      return await Bed.#started(format, lock);
    } catch (err) {
      lock[Symbol.dispose]();
      throw err;
    }
  }

  static async #started(format: ImageFormat, lock: Disposable): Promise<Bed> {
    await Cluster.down(CLUSTER);
    const commands = withFormat(documentedCommands(page, SECTION), format);
    const leftovers = await absentOf(archiveIn(commands));
    try {
      await runShell(commands, { seconds: START_SECONDS });
      const cluster = await Cluster.find(CLUSTER);
      if (cluster === undefined) throw new Error(`Cannot find cluster ${CLUSTER}: ${page} has started another one`);
      return new Bed(cluster, format, { leftovers, lock });
    } catch (err) {
      await Cluster.down(CLUSTER);
      throw err;
    }
  }

  /**
   * Runs commands of the page as they stand there, in a shell; their output is shown.
   *
   * @param lines of one of its sections; a shell that has followed the page so far runs them
   * @throws {Error} if one of them fails
   */
  async follow(lines: readonly string[]): Promise<void> {
    const preparation = documentedCommands(page, SECTION).filter((line) => line.startsWith("eval "));
    await runShell([...preparation, ...lines], { seconds: FOLLOW_SECONDS });
  }

  /** Runs kubectl in the folder of the repository. @returns what it printed @throws {ToolError} with its own words if it fails */
  async kubectl(args: readonly string[], options: { readonly stdin?: string } = {}): Promise<string> {
    const timeout = ["timeout", "--verbose", String(2 * PATIENCE_MS / 1000)]; // some of its commands wait for ever
    const argv = [...timeout, this.cluster.programPath("kubectl"), ...args];
    const env = this.cluster.kubectlEnv;
    const { code, stdout, stderr } = await runFreely(argv, { ...options, cwd: repository, env });
    if (code !== 0) throw new ToolError(`kubectl ${args.join(" ")}`, code, stderr || stdout);
    return stdout;
  }

  /** Like `kubectl apply -f`. */
  async apply(...objects: readonly Manifest[]): Promise<void> {
    await this.kubectl(["apply", "-f", "-"], { stdin: listOf(objects) });
  }

  /** Like `kubectl delete -f`; waits until the objects have gone. */
  async delete(...objects: readonly Manifest[]): Promise<void> {
    await this.kubectl(["delete", "--ignore-not-found", PATIENT, "-f", "-"], { stdin: listOf(objects) });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    using _lock = this.#lock;
    await this.cluster.down();
    for (const path of this.leftovers) await removeTree(path);
    const left = await remainsOf(CLUSTER);
    if (left.length > 0) throw new Error(`Cannot end cluster ${CLUSTER} whole: ${left.join(", ")}`);
  }
}

function listOf(items: readonly Manifest[]): string {
  return JSON.stringify({ apiVersion: "v1", kind: "List", items });
}

/** Path of the archive of the image that commands make and import. */
function archiveIn(commands: readonly string[]): string {
  const [, path] = /^deno task cluster import (\S+)$/m.exec(commands.join("\n")) ?? [];
  if (path === undefined) throw new Error(`Cannot follow ${page}: under "${SECTION}" no image is imported`);
  return join(repository, path);
}

/** What the page makes in the repository and is not there yet: the archive, or the folder that gets it. */
async function absentOf(archive: string): Promise<string[]> {
  const places = [dirname(archive), archive];
  const isThere = await Promise.all(places.map(exists));
  return places.filter((_, i) => !isThere[i]).slice(0, 1);
}

/** Runs lines in the folder of the repository until one fails. */
async function runShell(lines: readonly string[], { seconds }: { readonly seconds: number }): Promise<void> {
  const { success, code } = await new Deno.Command("timeout", {
    args: ["--verbose", String(seconds), "sh", "-ex", "-c", lines.join("\n")],
    cwd: repository,
    env: { PATH: `${dirname(Deno.execPath())}:${Deno.env.get("PATH")}`, SPIDERPOOL_CLUSTER: CLUSTER },
    stdin: "null",
    stdout: "inherit",
    stderr: "inherit",
  }).spawn().status;
  if (!success) throw new Error(`Cannot follow ${page}: the command that is shown last ended with status ${code}`);
}
