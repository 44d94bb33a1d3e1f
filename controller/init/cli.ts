import { Command, InvalidArgumentError } from "commander";
import { versionLine } from "../../net/base/version.ts";

/** What the command line of `clean` says. */
export interface CleanArgs {
  /** Whether anything may be deleted. */
  readonly yes: boolean;
  readonly keepCrds: boolean;
  readonly allFinalizers: boolean;
  /** Names of webhook configurations; empty: none. */
  readonly validate: string;
  readonly mutating: string;
  /** Name of the agents' DaemonSet; empty: agents go on running. */
  readonly agentDaemonset: string;
  /** Namespace of DaemonSet and init Job; absent: the one of the Pod this runs in. */
  readonly namespace?: string;
  /** Seconds for everything. */
  readonly timeout: number;
  /** Seconds for the agents to stop. */
  readonly agentTimeout: number;
}

/** What the verbs do. */
export interface CliActions {
  clean(args: CleanArgs): Promise<void>;
}

/** The command line of `spiderpool-init`: `parseAsync(args, { from: "user" })` runs one of `actions`. */
export function createCli({ clean }: CliActions): Command {
  const cli = new Command("spiderpool-init").description("Prepares a cluster for Spiderpool, and clears it away")
    .version(versionLine("spiderpool-init").trimEnd(), "--version", "print version, commit, Deno and V8")
    .exitOverride();
  cli.command("clean")
    .description("remove all objects of Spiderpool from the cluster, also when nothing else of it is alive")
    .option("--yes", "do it; without this, only say how much there is", false)
    .option("--keep-crds", "keep the CustomResourceDefinitions", false)
    .option("--all-finalizers", "also take off the finalizers that others put on our objects", false)
    .option("--validate <name>", "ValidatingWebhookConfiguration to delete", "")
    .option("--mutating <name>", "MutatingWebhookConfiguration to delete", "")
    .option("--agent-daemonset <name>", "DaemonSet to stop first", "")
    .option("--namespace <name>", "namespace of DaemonSet and init Job (default: SPIDERPOOL_POD_NAMESPACE)")
    .option("--timeout <seconds>", "give up after this time", parseSeconds, 300)
    .option("--agent-timeout <seconds>", "go on although agents still run after this time", parseSeconds, 60)
    .action(clean);
  return cli;
}

function parseSeconds(text: string): number {
  if (!/^\d{1,5}$/.test(text)) throw new InvalidArgumentError("It must be a whole number of seconds.");
  return Number(text);
}
