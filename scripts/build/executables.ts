import { cniVariableNames } from "../../plugins/cni/mod.ts";
import type { Needs } from "./permissions.ts";

/** A program that is shipped. */
export interface Executable {
  /** File name, such as `spiderpool`. */
  readonly name: string;
  /** Entry module, relative to the repository. */
  readonly entry: string;
  readonly needs: Needs;
  /** What V8 is told. @default nothing */
  readonly v8Flags?: readonly string[];
}

/**
 * For what runs all the time and has little to do: V8 collects garbage before it takes more memory from the system, where
 * it would take some time off each collection instead, and leaves out the compiler in the middle. New objects get 2 MB
 * instead of 16; with the half that `--optimize-for-size` leaves them, those of requests under way count as old too soon,
 * and an ADD takes a fifth more of the processor. With `memoryVariables` and trims it takes the agent from 170 to 80 MB
 * after 1000 ADDs in a row.
 */
const smallHeap = ["--max-semi-space-size=2", "--heap-growing-percent=20", "--no-maglev"];

/** The runtime directory under both its names: sockets, journals and network namespaces are below it. */
const runtimeFolders = ["/run", "/var/run"];

/** What `commander` and `yaml` look up when they are used. */
const libraryVariables = ["NO_COLOR", "FORCE_COLOR", "CLICOLOR_FORCE", "LOG_STREAM", "LOG_TOKENS"];

/** Where the API server is, in a Pod and elsewhere. */
const apiServerVariables = ["KUBECONFIG", "KUBERNETES_SERVICE_HOST", "KUBERNETES_SERVICE_PORT"];

const agentVariables = [
  "SPIDERPOOL_*",
  "VERSION",
  "GIT_COMMIT_VERSION",
  "GIT_COMMIT_TIME",
  "MULTUS_CLUSTER_NETWORK",
  ...apiServerVariables,
];

/**
 * Everything that is shipped, with the least it needs. Names, entries and permissions are here and nowhere else.
 *
 * `spiderpool` and `coordinator` read and write anywhere: the paths of socket and log come from the CNI configuration.
 * By FFI `spiderpool` asks the network of the Pod's link in an ADD whose answer wants that, and otherwise gives FFI away;
 * `coordinator` changes links and routes. `ifacer` makes links, and writes nothing but the file that it locks.
 * `spiderpool-agent` reaches an API server that is known only when it runs, and makes its socket and journal; by FFI it
 * looks into a Pod's network namespace where a CNI configuration sets `match_master_subnet`, sets the node's sysctls,
 * lists the names of its variables, of which it may read few, and gives unused memory back.
 */
export const executables: readonly Executable[] = [
  {
    name: "spiderpool",
    entry: "plugins/spiderpool/main.ts",
    needs: { read: true, write: true, env: cniVariableNames, unixSockets: true, procNetns: true, ffi: true },
  },
  {
    name: "coordinator",
    entry: "plugins/coordinator/main.ts",
    needs: { read: true, write: true, env: cniVariableNames, unixSockets: true, procNetns: true, ffi: true },
  },
  {
    name: "ifacer",
    entry: "plugins/ifacer/main.ts",
    needs: { read: true, write: runtimeFolders, env: cniVariableNames, procNetns: true, ffi: true },
  },
  {
    name: "spiderpool-agent",
    entry: "agent/main.ts",
    needs: {
      read: true,
      write: [...runtimeFolders, "/var/log/spidernet"],
      net: true,
      env: [...agentVariables, ...libraryVariables],
      unixSockets: true,
      umask: true,
      inspector: true,
      ffi: true,
    },
    v8Flags: smallHeap,
  },
  {
    name: "spiderpool-install",
    entry: "plugins/install/main.ts",
    needs: { read: true, write: ["/host", "/opt/cni"], env: libraryVariables },
  },
  {
    name: "spiderpool-init",
    entry: "controller/init/main.ts",
    needs: { read: true, net: true, env: ["SPIDERPOOL_*", ...apiServerVariables, ...libraryVariables] },
  },
];

/**
 * The executables called `names`, in the table's order; all when there are none.
 *
 * @throws {Error} naming those that do not exist
 */
export function executablesOf(names: readonly string[]): readonly Executable[] {
  const unknown = names.filter((name) => !executables.some((executable) => executable.name === name));
  if (unknown.length > 0) {
    const known = executables.map(({ name }) => name).join(", ");
    throw new Error(`Cannot build ${unknown.join(", ")}: there are only ${known}`);
  }
  return executables.filter(({ name }) => names.length === 0 || names.includes(name));
}
