/**
 * A machine of the test bed: a network namespace, and a first process in PID, mount and UTS namespaces of its own. With that process everything
 * in the machine ends. A machine is found again by the command line of its first process, so nothing is lost when `up` dies.
 */
import { fileURLToPath } from "node:url";
import { netnsPath } from "../../net/host/mod.ts";
import { cgroupFolders } from "./cgroups.ts";
import { type CommandOptions, type CommandResult, run, runFreely } from "./command.ts";
import { ToolError } from "../../tests/shared/run_tool.ts";
import { exists, listNames, tailOf } from "./files.ts";
import { listProcesses, outermost, type Process, programOf, readProcess, signalProcess } from "./processes.ts";
import { WaitError, waitUntil } from "./wait.ts";

const initScript = fileURLToPath(new URL("machine_init.sh", import.meta.url));

/** Time for a machine to come up, in milliseconds. */
const START_MS = 180_000;

/** Time for a program that was started to be seen, in milliseconds. */
const SEEN_MS = 120_000;

/** Folder of a machine with a file for each program that is to be started again when it ends. */
const KEEP = "/run/keep";

/** Shell: `<log> <cgroup folder>… -- <command>…`. */
const LOGGED_IN_CGROUPS =
  'log=$1; shift; exec >>"$log" 2>&1; while [ "$1" != -- ]; do echo $$ >"$1/cgroup.procs"; shift; done; shift; exec "$@"';

/** Shell: `<command>…`, which the first process of the machine then looks after. */
const IN_BACKGROUND = 'setsid "$@" </dev/null &';

/** Shell: `<file> <command>…`. */
const RESTARTING = 'keep=$1; shift; while [ -e "$keep" ]; do "$@"; sleep 1; done';

/** Folders of programs in a machine. */
const PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** What makes a machine. */
export interface MachineOptions {
  /** Unique on this host; also the name of its network namespace, which must be there, and of its cgroup. */
  readonly name: string;
  readonly hostname: string;
  /** Gets what is written in the machine. */
  readonly folder: string;
  /** Folder of logs. */
  readonly logs: string;
  readonly signal?: AbortSignal | undefined;
}

/** A program to run in the background of a machine. */
export interface Daemon {
  /** Name of its log, without `.log`. */
  readonly name: string;
  readonly argv: readonly string[];
  /** Whether it is started again a second after it ended by itself, as a service manager would. @default false */
  readonly restarts?: boolean;
  /** Whether it gets the network namespace of the host as descriptor 9. @default false */
  readonly takesHostNetns?: boolean;
}

/** A running machine. */
export class Machine {
  readonly name: string;
  /** Of its first process, as the host sees it. */
  readonly pid: number;
  readonly logs: string;
  readonly #pidNamespace: string;

  private constructor(init: Process, { name, logs }: Pick<MachineOptions, "name" | "logs">) {
    this.name = name;
    this.logs = logs;
    this.pid = init.pid;
    this.#pidNamespace = init.pidNamespace;
  }

  /** Finds a machine that runs; `undefined` if none of this name does. */
  static find(name: string, { logs }: { readonly logs: string }): Machine | undefined {
    const init = outermost(listProcesses().filter((process) => machineOf(process)?.name === name && isInit(process)));
    return init === undefined ? undefined : new Machine(init, { name, logs });
  }

  /** Starts a machine. @throws {Error} with its log if it does not come up */
  static async start(options: MachineOptions): Promise<Machine> {
    const { name, hostname, folder, logs, signal } = options;
    await Deno.mkdir(folder, { recursive: true });
    await Deno.mkdir(logs, { recursive: true });
    const log = `${logs}/machine.log`;
    const argv = [
      "nsenter",
      `--net=${netnsPath(name)}`,
      "unshare",
      "--mount",
      "--pid",
      "--uts",
      "--fork",
      "--kill-child",
    ];
    const script = 'log=$1; shift; exec setsid "$@" </dev/null >"$log" 2>&1';
    const child = new Deno.Command("sh", {
      args: ["-c", script, "sh", log, ...argv, "sh", initScript, name, folder, hostname],
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
    child.unref();
    await waitUntil(() => isReady(name), {
      what: `start machine ${name}`,
      timeoutMs: START_MS,
      everyMs: 20,
      signal,
      explain: () => tailOf(log),
    });
    const machine = Machine.find(name, { logs });
    if (machine === undefined) throw new Error(`Cannot start machine ${name}: it ended\n${await tailOf(log)}`);
    return machine;
  }

  /** Path of its network namespace. */
  get netns(): string {
    return netnsPath(this.name);
  }

  /** Where the host finds the file system of the machine: `<root>/run/containerd/containerd.sock`. */
  get root(): string {
    return `/proc/${this.pid}/root`;
  }

  /** Whether it still runs. */
  get isRunning(): boolean {
    return readProcess(this.pid)?.pidNamespace === this.#pidNamespace;
  }

  /** Processes of the machine, its first one too. */
  processes(): Process[] {
    return listProcesses().filter(({ pidNamespace }) => pidNamespace === this.#pidNamespace);
  }

  /** Id of the process that runs `program`, as the host sees it; `undefined` if none does. */
  pidOf(program: string): number | undefined {
    return outermost(this.processes().filter((process) => programOf(process) === program))?.pid;
  }

  /** Path of the log of a daemon. */
  logOf(daemon: string): string {
    return `${this.logs}/${daemon}.log`;
  }

  /** Runs a command in the machine to its end, however that is. */
  async execFreely(argv: readonly string[], options: CommandOptions = {}): Promise<CommandResult> {
    return await runFreely(this.commandLine(argv), { ...options, env: { PATH, ...options.env } });
  }

  /** Runs a command in the machine. @returns what it printed @throws {ToolError} with its own words if it fails */
  async exec(argv: readonly string[], options: CommandOptions = {}): Promise<string> {
    const { code, stdout, stderr } = await this.execFreely(argv, options);
    if (code !== 0) throw new ToolError(`${argv.join(" ")} (in ${this.name})`, code, stderr || stdout);
    return stdout;
  }

  /** The command line that runs `argv` in the machine, for those who want to give it a terminal. */
  commandLine(argv: readonly string[]): string[] {
    return [...this.#enter(), ...argv];
  }

  /** Writes a file in the machine, with its folder. */
  async writeFile(path: string, { text, mode = 0o644 }: { text: string; mode?: number }): Promise<void> {
    const target = this.root + path;
    await Deno.mkdir(target.slice(0, target.lastIndexOf("/")), { recursive: true });
    await Deno.writeTextFile(target, text, { mode });
  }

  /**
   * Starts a program that goes on in the background, in the cgroup of the machine. Its log is appended to.
   *
   * @throws {WaitError} with the end of its log if it is not seen running
   */
  async startDaemon({ name, argv, takesHostNetns = false, restarts = false }: Daemon): Promise<void> {
    const program = programOf({ argv });
    await this.#forgetRestart(program);
    const started = restarts ? await this.#restarting(program, argv) : argv;
    const groups = cgroupFolders(`${this.name}/machine`);
    const command = [...this.#enter(), "sh", "-c", IN_BACKGROUND, "sh", ...started];
    const script = (takesHostNetns ? "exec 9</proc/self/ns/net; " : "") + LOGGED_IN_CGROUPS;
    await run(["sh", "-c", script, "sh", this.logOf(name), ...groups, "--", ...command], { env: { PATH } });
    await waitUntil(() => this.pidOf(program) === undefined ? "it is not there" : undefined, {
      what: `start ${program} in ${this.name}`,
      timeoutMs: SEEN_MS,
      everyMs: 10,
      explain: () => tailOf(this.logOf(name)),
    });
  }

  /**
   * Ends the process that runs `program` for good and waits for it; none does: fine.
   *
   * @param options.signal sent first; after `timeoutMs` it is killed
   */
  async stopDaemon(program: string, { signal = "SIGTERM", timeoutMs = 15_000 }: StopOptions = {}): Promise<void> {
    await this.#forgetRestart(program);
    const pid = this.pidOf(program);
    if (pid === undefined) return;
    signalProcess(pid, signal);
    const isGone = () => this.pidOf(program) === undefined ? undefined : "it still runs";
    try {
      await waitUntil(isGone, { what: `stop ${program}`, timeoutMs, everyMs: 20 });
    } catch (err) {
      if (!(err instanceof WaitError)) throw err;
      signalProcess(this.pidOf(program) ?? pid, "SIGKILL"); // it did not listen
      await waitUntil(isGone, { what: `kill ${program} (process ${pid})`, timeoutMs });
    }
  }

  /** Wraps a command so that it is started again while a file of its own is there. */
  async #restarting(program: string, argv: readonly string[]): Promise<string[]> {
    const keep = `${KEEP}/${program}.${crypto.randomUUID()}`;
    await this.writeFile(keep, { text: "" });
    return ["sh", "-c", RESTARTING, "sh", keep, ...argv];
  }

  async #forgetRestart(program: string): Promise<void> {
    for (const name of await listNames(this.root + KEEP)) {
      if (name.startsWith(`${program}.`)) await Deno.remove(`${this.root}${KEEP}/${name}`);
    }
  }

  #enter(): string[] {
    return ["nsenter", `--target=${this.pid}`, "--mount", "--uts", "--net", "--pid", "--wd=/", "--"];
  }
}

/** How to stop a daemon. */
export interface StopOptions {
  /** @default SIGTERM */
  readonly signal?: "SIGTERM" | "SIGKILL" | "SIGINT";
  /** In milliseconds. @default 15000 */
  readonly timeoutMs?: number;
}

/** Tells which machine `process` is the first process of, or the guard of that one. */
export function machineOf(
  { argv }: Pick<Process, "argv">,
): { readonly name: string; readonly folder: string } | undefined {
  const at = argv.findIndex((arg) => arg.endsWith("/scripts/cluster/machine_init.sh"));
  const [name, folder] = at < 1 || argv[at - 1] !== "sh" ? [] : argv.slice(at + 1);
  return name === undefined || folder === undefined ? undefined : { name, folder };
}

/** Whether it is the first process itself: a process that is about to start one has that command line as a part of its own. */
function isInit({ argv }: Process): boolean {
  return argv[0] === "sh" && argv[1] === initScript;
}

async function isReady(name: string): Promise<string | undefined> {
  const init = Machine.find(name, { logs: "" });
  if (init === undefined) return "its first process is not there";
  return await exists(`${init.root}/run/machine-ready`) ? undefined : "it is not ready";
}
