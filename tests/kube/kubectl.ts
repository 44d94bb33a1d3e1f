import assert from "node:assert/strict";

/** What a command did. */
export interface CommandResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** kubectl with a kubeconfig, and a home folder of its own for its caches. Dispose it. */
export class Kubectl implements Disposable {
  readonly #kubeconfig: string;
  readonly #home = Deno.makeTempDirSync({ prefix: "kubectl-" });

  /** @param kubeconfig path, or the text of one */
  constructor(kubeconfig: { readonly path: string } | { readonly text: string }) {
    if ("path" in kubeconfig) {
      this.#kubeconfig = kubeconfig.path;
    } else {
      this.#kubeconfig = `${this.#home}/config`;
      Deno.writeTextFileSync(this.#kubeconfig, kubeconfig.text);
    }
  }

  /** A command that is not started yet. */
  command(args: readonly string[]): Deno.Command {
    return new Deno.Command("kubectl", {
      args: [...args],
      env: { KUBECONFIG: this.#kubeconfig, HOME: this.#home },
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    });
  }

  /** Runs a command to its end. */
  async run(args: readonly string[], input = ""): Promise<CommandResult> {
    const child = this.command(args).spawn();
    const [{ code, stdout, stderr }] = await Promise.all([
      child.output(),
      new Response(input).body?.pipeTo(child.stdin),
    ]);
    const decoder = new TextDecoder();
    return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
  }

  /** Output of a command that succeeds. */
  async ok(args: readonly string[], input = ""): Promise<string> {
    const { code, stdout, stderr } = await this.run(args, input);
    assert.equal(code, 0, `kubectl ${args.join(" ")}: ${stderr}`);
    return stdout;
  }

  /** Path of a kubeconfig of the same server for a ServiceAccount. It goes with the home folder. */
  async accountConfig({ namespace, name }: { namespace: string; name: string }): Promise<string> {
    const token = (await this.ok(["-n", namespace, "create", "token", name])).trim();
    const path = `${this.#home}/${name}`;
    Deno.writeTextFileSync(path, await this.ok(["config", "view", "--raw", "--flatten", "--minify"]));
    await this.ok(["config", "set-credentials", name, `--token=${token}`, `--kubeconfig=${path}`]);
    await this.ok(["config", "set-context", "--current", `--user=${name}`, `--kubeconfig=${path}`]);
    return path;
  }

  /** Removes the home folder. */
  [Symbol.dispose](): void {
    Deno.removeSync(this.#home, { recursive: true });
  }
}
