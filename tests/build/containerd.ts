import { join } from "node:path";
import { runCommand } from "../../scripts/build/run_command.ts";

const START_MS = 120_000;

/** What {@linkcode Containerd.run} runs. */
export interface ContainerRun {
  readonly image: string;
  readonly command: readonly string[];
  /** Folders of this machine by their place in the container. */
  readonly mounts?: Readonly<Record<string, string>>;
}

/** A containerd of its own below one folder. Disposing it leaves nothing. */
export class Containerd implements AsyncDisposable {
  readonly #folder: string;
  readonly #process: Deno.ChildProcess;
  #runs = 0;

  private constructor(folder: string) {
    this.#folder = folder;
    Deno.writeTextFileSync(join(folder, "config.toml"), configText(folder));
    this.#process = new Deno.Command("containerd", {
      args: ["--config", join(folder, "config.toml")],
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
  }

  /** Starts one and waits until it answers. @throws {Error} if it does not */
  static async start(folder: string): Promise<Containerd> {
    const containerd = new Containerd(folder);
    for (const until = Date.now() + START_MS;;) {
      try {
        await containerd.ctr("version");
        return containerd;
      } catch (err) {
        if (Date.now() < until) continue;
        await containerd[Symbol.asyncDispose]();
        throw err;
      }
    }
  }

  /** Runs `ctr` against it. @returns what that printed */
  async ctr(...args: string[]): Promise<string> {
    return await runCommand(["ctr", "--address", join(this.#folder, "containerd.sock"), ...args]);
  }

  /** Runs a container of `image` to its end. @returns what it printed */
  async run({ image, command, mounts = {} }: ContainerRun): Promise<string> {
    const binds = Object.entries(mounts).flatMap(([place, source]) => {
      return ["--mount", `type=bind,src=${source},dst=${place},options=rbind:rw`];
    });
    const name = `spiderpool-test-${Deno.pid}-${this.#runs++}`;
    return await this.ctr("run", "--rm", ...binds, image, name, ...command);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#process.kill("SIGTERM");
    await this.#process.status;
    for (const line of Deno.readTextFileSync("/proc/self/mounts").split("\n")) {
      const place = line.split(" ")[1] ?? "";
      if (place.startsWith(`${this.#folder}/`)) await runCommand(["umount", "--lazy", place]);
    }
  }
}

function configText(folder: string): string {
  return `version = 2
root = "${folder}/root"
state = "${folder}/state"
disabled_plugins = ["io.containerd.grpc.v1.cri"]
[grpc]
  address = "${folder}/containerd.sock"
[ttrpc]
  address = "${folder}/ttrpc.sock"
`;
}
