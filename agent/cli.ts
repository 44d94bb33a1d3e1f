import { Command, InvalidArgumentError } from "commander";
import { join } from "node:path";
import { versionLine } from "../net/base/version.ts";

/** Where `conf.yml` is looked for. */
export interface ConfigOptions {
  readonly configPath?: string;
  readonly configDir: string;
  readonly ipamConfigDir?: string;
}

/** What the verbs do. */
export interface CliActions {
  daemon(options: ConfigOptions): Promise<void>;
  shutdown(options: ConfigOptions): Promise<void>;
  metric(options: { port: number }): Promise<void>;
}

/** The command line of `spiderpool-agent`: `parseAsync(args, { from: "user" })` runs one of `actions`. */
export function createCli({ daemon, shutdown, metric }: CliActions): Command {
  const cli = new Command("spiderpool-agent").description("Gives Pods of this node their addresses")
    .version(versionLine("spiderpool-agent").trimEnd(), "--version", "print version, commit, Deno and V8");
  withConfig(cli.command("daemon").description("run the agent in the foreground")).action(daemon);
  withConfig(cli.command("shutdown").description("ask the agent of this node to finish its requests and stop"))
    .action(shutdown);
  cli.command("metric")
    .description("print the metrics of the agent of this node")
    .option("--port <port>", "metrics port of the agent", parsePort, 5711)
    .action(metric);
  return cli;
}

/** The file that `options` mean: upstream's code has a path, its documents a directory; the path wins. */
export function confPathOf({ configPath, configDir }: ConfigOptions): string {
  return configPath ?? join(configDir, "conf.yml");
}

function withConfig(command: Command): Command {
  return command
    .option("--config-path <file>", "configuration file; wins over --config-dir")
    .option("--config-dir <dir>", "directory with conf.yml", "/tmp/spiderpool/config-map")
    .option("--ipam-config-dir <dir>", "accepted for old manifests; everything is read from conf.yml");
}

function parsePort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (port < 1 || port > 65535) throw new InvalidArgumentError("It must be a port from 1 to 65535.");
  return port;
}
