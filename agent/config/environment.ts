/** Levels that `SPIDERPOOL_LOG_LEVEL` knows, from talkative to silent. */
export const logLevels = ["debug", "info", "warn", "error", "fatal", "panic"] as const;

/** One of {@linkcode logLevels}. */
export type LogLevel = typeof logLevels[number];

/** What the agent reads from its environment. Ports are TCP port numbers. */
export interface AgentEnvironment {
  readonly version: string;
  readonly gitCommitVersion: string;
  readonly gitCommitTime: string;
  readonly logLevel: LogLevel;
  readonly enabledMetric: boolean;
  readonly enabledRdmaMetric: boolean;
  readonly enabledDebugMetric: boolean;
  readonly podNamespace: string;
  readonly podName: string;
  readonly nodeName: string;
  /** Addresses of this Pod, on which other agents reach it; of this project's own. */
  readonly podIPs: readonly string[];
  readonly healthPort: number;
  readonly metricPort: number;
  /** `undefined` switches the gops listener off. */
  readonly gopsPort: number | undefined;
  readonly pyroscopeAddress: string;
  readonly enabledReleaseConflictIps: boolean;
  /** Most addresses that one pool hands out. */
  readonly maxAllocatedIps: number;
  /** Least number of tries of an update of a Kubernetes object; beyond it the deadline decides. */
  readonly updateCrMaxRetries: number;
  /** Past allocations that a SpiderEndpoint keeps. */
  readonly maxHistoryRecords: number;
  /** Between two looks for an auto-created pool. */
  readonly waitSubnetPoolSeconds: number;
  readonly waitSubnetPoolMaxRetries: number;
  /** `namespace/name` or name of the multus default network; empty when there is none. */
  readonly multusClusterNetwork: string;
}

/** The environment does not hold what the agent needs; `problems` are all of them. */
export class EnvironmentError extends Error {
  override readonly name = "EnvironmentError";

  constructor(readonly problems: readonly string[]) {
    super(`Cannot read the environment: ${problems.join("; ")}`);
  }
}

/**
 * Reads the environment by upstream's rules: a variable that is set, even to nothing, replaces its default; white space
 * around a value is dropped; nothing in a required variable is an error.
 *
 * @param getenv `undefined` for a variable that is not set
 * @throws {EnvironmentError} naming everything that is wrong
 */
export function parseEnvironment(getenv: (name: string) => string | undefined): AgentEnvironment {
  const reader = createReader(getenv);
  const environment: AgentEnvironment = {
    version: reader.text("VERSION"),
    gitCommitVersion: reader.text("GIT_COMMIT_VERSION"),
    gitCommitTime: reader.text("GIT_COMMIT_TIME"),
    logLevel: reader.logLevel("SPIDERPOOL_LOG_LEVEL", "info"),
    enabledMetric: reader.flag("SPIDERPOOL_ENABLED_METRIC", { fallback: false }),
    enabledRdmaMetric: reader.flag("SPIDERPOOL_ENABLED_RDMA_METRIC", { fallback: false }),
    enabledDebugMetric: reader.flag("SPIDERPOOL_ENABLED_DEBUG_METRIC", { fallback: false }),
    podNamespace: reader.text("SPIDERPOOL_POD_NAMESPACE", { required: true }),
    podName: reader.text("SPIDERPOOL_POD_NAME", { required: true }),
    nodeName: reader.text("SPIDERPOOL_NODE_NAME", { required: true }),
    podIPs: reader.text("SPIDERPOOL_POD_IPS").split(",").map((text) => text.trim()).filter((text) => text !== ""),
    healthPort: reader.port("SPIDERPOOL_HEALTH_PORT", { fallback: 5710, required: true }) ?? 0,
    metricPort: reader.port("SPIDERPOOL_METRIC_HTTP_PORT", { fallback: 5711, required: true }) ?? 0,
    gopsPort: reader.port("SPIDERPOOL_GOPS_LISTEN_PORT", { fallback: 5712 }),
    pyroscopeAddress: reader.text("SPIDERPOOL_PYROSCOPE_PUSH_SERVER_ADDRESS"),
    enabledReleaseConflictIps: reader.flag("SPIDERPOOL_ENABLED_RELEASE_CONFLICT_IPS", {
      fallback: true,
      required: true,
    }),
    maxAllocatedIps: reader.integer("SPIDERPOOL_IPPOOL_MAX_ALLOCATED_IPS", { fallback: 5000, required: true }),
    updateCrMaxRetries: reader.integer("SPIDERPOOL_UPDATE_CR_MAX_RETRIES", { fallback: 3 }),
    maxHistoryRecords: reader.integer("SPIDERPOOL_WORKLOADENDPOINT_MAX_HISTORY_RECORDS", { fallback: 100 }),
    waitSubnetPoolSeconds: reader.integer("SPIDERPOOL_WAIT_SUBNET_POOL_TIME_IN_SECOND", { fallback: 2 }),
    waitSubnetPoolMaxRetries: reader.integer("SPIDERPOOL_WAIT_SUBNET_POOL_MAX_RETRIES", { fallback: 25 }),
    multusClusterNetwork: reader.text("MULTUS_CLUSTER_NETWORK"),
  };
  if (reader.problems.length > 0) throw new EnvironmentError(reader.problems);
  return environment;
}

const trueWords = ["1", "t", "T", "TRUE", "true", "True"];
const falseWords = ["0", "f", "F", "FALSE", "false", "False"];

interface Rule<T> {
  readonly fallback?: T;
  readonly required?: boolean;
}

interface Reader {
  readonly problems: readonly string[];
  text(name: string, rule?: Rule<string>): string;
  logLevel(name: string, fallback: LogLevel): LogLevel;
  flag(name: string, rule: Rule<boolean>): boolean;
  integer(name: string, rule: Rule<number>): number;
  port(name: string, rule: Rule<number>): number | undefined;
}

/** Reads typed values and gathers what is wrong with them. */
function createReader(getenv: (name: string) => string | undefined): Reader {
  const problems: string[] = [];

  /** `undefined` when the value is empty, after noting that it must not be. */
  function read(name: string, { fallback, required = false }: Rule<unknown>): string | undefined {
    const value = getenv(name)?.trim() ?? (fallback === undefined ? "" : String(fallback));
    if (value === "" && required) problems.push(`empty value of ${name}`);
    return value === "" ? undefined : value;
  }

  function wrong<T>(name: string, { value, want, zero }: { value: string; want: string; zero: T }): T {
    problems.push(`${name} is ${JSON.stringify(value)}, not ${want}`);
    return zero;
  }

  function integer(name: string, rule: Rule<number>): number {
    const value = read(name, rule);
    if (value === undefined) return 0;
    const parsed = /^[+-]?\d{1,15}$/.test(value) ? Number(value) : -1;
    return parsed >= 0 ? parsed : wrong(name, { value, want: "a whole number of 0 or more", zero: 0 });
  }

  return {
    problems,
    integer,
    text: (name, rule = {}) => read(name, rule) ?? "",
    logLevel(name, fallback) {
      const value = read(name, { fallback, required: true });
      const level = logLevels.find((candidate) => candidate === value?.toLowerCase());
      if (level !== undefined || value === undefined) return level ?? fallback;
      return wrong(name, { value, want: `one of ${logLevels.join(", ")}`, zero: fallback });
    },
    flag(name, rule) {
      const value = read(name, rule);
      if (value === undefined || falseWords.includes(value)) return false;
      return trueWords.includes(value) || wrong(name, { value, want: "true or false", zero: false });
    },
    port(name, rule) {
      const value = read(name, rule);
      if (value === undefined) return undefined;
      const port = /^\d{1,5}$/.test(value) ? Number(value) : 0;
      return port >= 1 && port <= 65535 ? port : wrong(name, { value, want: "a port from 1 to 65535", zero: 0 });
    },
  };
}
