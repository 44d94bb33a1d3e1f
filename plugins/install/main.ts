import { Command } from "commander";
import { versionLine } from "../../net/base/version.ts";
import { installPlugins } from "./install.ts";
import { shippedPlugins } from "./names.ts";

const program = "spiderpool-install";

function print(line: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
}

function install(names: readonly string[], { from, to }: { from: string; to: string }): void {
  const { written, removed } = installPlugins({ from, to, names: names.length === 0 ? shippedPlugins : names });
  for (const path of written) print(`installed ${to}/${path}`);
  for (const path of removed) print(`removed ${to}/${path}`);
  if (written.length === 0) print(`${to} is up to date`);
}

if (import.meta.main) {
  const cli = new Command(program)
    .description("Installs CNI plugins while others run them")
    .version(versionLine(program).trimEnd(), "--version", "print version, commit, Deno and V8")
    .option("--from <folder>", "folder of a build", "/opt/spiderpool")
    .option("--to <folder>", "CNI folder of the node", "/host/opt/cni/bin")
    .argument("[plugin...]", `plugins to install (default: ${shippedPlugins.join(", ")})`);
  cli.action(install);
  try {
    cli.parse([...Deno.args], { from: "user" });
  } catch (err) {
    // deno-lint-ignore no-console
    console.error(err instanceof Error ? err.message : err);
    Deno.exit(1);
  }
}
