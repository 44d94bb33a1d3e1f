import { type NetConf, parseNetConf } from "./config.ts";
import { checkAttachment, type CniEnvironment, isName, readEnvironment, type Verb } from "./environment.ts";
import { CniCode, CniError, formatError } from "./errors.ts";
import type { PluginIo } from "./io.ts";
import { compareVersions, DEFAULT_VERSION } from "./versions.ts";

/** One call of a plugin, checked. */
export interface CniCall {
  readonly environment: CniEnvironment;
  readonly config: NetConf;
  /** The config's version; `0.1.0` where it has none. */
  readonly cniVersion: string;
  readonly io: PluginIo;
}

/**
 * Does what one verb asks.
 *
 * @returns what goes to stdout; empty for every verb but ADD
 */
export type Command = (call: CniCall) => Promise<string>;

/** A plugin: what it says of itself, and a loader per verb, so that a call reads only the code it needs. */
export interface Plugin {
  /** First line on stderr when it is called by hand. */
  readonly about: string;
  /** Oldest first. */
  readonly supportedVersions: readonly string[];
  readonly commands: Readonly<Record<Verb, () => Promise<Command>>>;
}

/** Since which version of the config a verb exists. */
const minimumVersions: Readonly<Record<Verb, string>> = {
  ADD: "0.1.0",
  DEL: "0.1.0",
  CHECK: "0.4.0",
  GC: "1.1.0",
  STATUS: "1.1.0",
};

/**
 * Runs one call as the CNI specification says ("Execution Protocol"): checks in the reference library's order, result
 * or error JSON on stdout. Never throws.
 *
 * @returns exit status
 */
export async function runPlugin(plugin: Plugin, io: PluginIo): Promise<0 | 1> {
  const seen = { cniVersion: newestOf(plugin) };
  try {
    io.stdout(await answer(plugin, { io, seen }));
    return 0;
  } catch (err) {
    io.stdout(formatError(err, seen.cniVersion));
    return 1;
  }
}

interface Run {
  readonly io: PluginIo;
  /** What is known of the call when it fails. */
  readonly seen: { cniVersion: string };
}

async function answer(plugin: Plugin, { io, seen }: Run): Promise<string> {
  const command = io.getenv("CNI_COMMAND") ?? "";
  if (command === "") return introduce(plugin, io);
  if (command === "VERSION") return versionLine(plugin, readStdin(io));
  const environment = readEnvironment(io.getenv);
  const config = parseNetConf(readStdin(io));
  const cniVersion = config.cniVersion === "" ? DEFAULT_VERSION : config.cniVersion;
  seen.cniVersion = cniVersion;
  checkName(config.name);
  if (["ADD", "CHECK", "DEL"].includes(command)) checkAttachment(environment);
  const verb = verbOf(command);
  checkVersion(plugin, { verb, cniVersion });
  checkNetns(environment, io);
  const run = await plugin.commands[verb]();
  return await run({ environment, config, cniVersion, io });
}

function introduce({ about, supportedVersions }: Plugin, io: PluginIo): string {
  io.stderr(`${about}\nCNI protocol versions supported: ${supportedVersions.join(", ")}\n`);
  return "";
}

/** Answers in the caller's version where it is a known one. */
function versionLine(plugin: Plugin, stdin: Uint8Array): string {
  const asked = stdin.length === 0 ? "" : parseNetConf(stdin).cniVersion;
  const cniVersion = plugin.supportedVersions.includes(asked) ? asked : newestOf(plugin);
  return `${JSON.stringify({ cniVersion, supportedVersions: plugin.supportedVersions })}\n`;
}

function newestOf({ supportedVersions }: Plugin): string {
  return supportedVersions.at(-1) ?? DEFAULT_VERSION;
}

function readStdin(io: PluginIo): Uint8Array {
  try {
    return io.readStdin();
  } catch (err) {
    const reason = err instanceof Error ? err.message : String(err);
    throw new CniError(CniCode.Io, `Cannot read stdin: ${reason}`, { cause: err });
  }
}

function checkName(name: string): void {
  if (name === "") throw new CniError(CniCode.InvalidConfig, "missing network name");
  if (isName(name)) return;
  throw new CniError(CniCode.InvalidConfig, "invalid characters found in network name", {
    details: `name is ${JSON.stringify(name)}`,
  });
}

function verbOf(command: string): Verb {
  const verb = (Object.keys(minimumVersions) as Verb[]).find((candidate) => candidate === command);
  if (verb === undefined) throw new CniError(CniCode.BadEnvironment, `unknown CNI_COMMAND: ${command}`);
  return verb;
}

function checkVersion(
  { supportedVersions }: Plugin,
  { verb, cniVersion }: { verb: Verb; cniVersion: string },
): void {
  if (compareVersions(cniVersion, minimumVersions[verb]) < 0 && supportedVersions.includes(cniVersion)) {
    throw new CniError(CniCode.IncompatibleVersion, `config version does not allow ${verb}`, {
      details: `config is "${cniVersion}", ${verb} exists since "${minimumVersions[verb]}"`,
    });
  }
  if (supportedVersions.includes(cniVersion)) return;
  const supported = supportedVersions.map((version) => `"${version}"`).join(" ");
  throw new CniError(
    CniCode.IncompatibleVersion,
    `incompatible CNI versions: unsupported specified CNI version "${cniVersion}"`,
    { details: `config is "${cniVersion}", plugin supports [${supported}]` },
  );
}

/** A Pod that has the plugin's own namespace is on the host network: nothing may be attached to it. */
function checkNetns({ command, netns }: CniEnvironment, io: PluginIo): void {
  if (netns === "" || (command !== "ADD" && command !== "DEL")) return;
  if (["1", "true"].includes((io.getenv("CNI_NETNS_OVERRIDE") ?? "").toLowerCase())) return;
  const own = io.ownNetns();
  const given = io.netnsAt(netns);
  if (given === undefined || given.dev !== own.dev || given.ino !== own.ino) return;
  throw new CniError(CniCode.SameNetns, "plugin's netns and netns from CNI_NETNS should not be the same", {
    details: `CNI_NETNS is ${JSON.stringify(netns)}`,
  });
}
