import * as v from "valibot";
import { parseDuration } from "./duration.ts";

/** Keys of this project's own below `agent`, and what they are when not given. Times in milliseconds. */
export const agentDefaults = {
  /** `agent.ipamDeadline`: how long one ADD or DEL may take in the agent. */
  ipamDeadlineMs: 30_000,
  /** `agent.waitForFreeAddress`: how long an ADD waits, holding nothing, for an address of a full pool. */
  waitForFreeAddressMs: 1_000,
  /** `agent.conflictQuarantine`: how long an address stays aside that somebody else in the network has. */
  conflictQuarantineMs: 600_000,
  /** `agent.detection`: frames that ask whether an address is in use, and the most that ask for a gateway. */
  conflictProbes: 1,
  gatewayProbes: 3,
  /** `agent.detection.interval`: wait after each of these frames. */
  probeIntervalMs: 100,
  /** `agent.detection.linkWait`: how long a link may take until it carries frames. */
  linkWaitMs: 1_000,
  /** `agent.peerCommit.port`: TCP port for other agents. */
  peerPort: 5713,
  /** `agent.peerCommit.timeout`: how long another agent may work on a request before this one does it itself. */
  peerTimeoutMs: 1_000,
  /** `iaasNetworkProvider.httpRequestTimeout`. */
  iaasRequestTimeoutMs: 50_000,
} as const;

const IAAS_LIMIT_MS = 100_000;
const QUARANTINE_LIMIT_MS = 86_400_000; // a day: the address is lost to the pool meanwhile
const PROBE_LIMIT_MS = 5_000; // ten of each kind then end before the plugin's 100 s
const LINK_WAIT_LIMIT_MS = 30_000;
const PEER_LIMIT_MS = 10_000; // twice as long nothing is answered after a start
const DEADLINE_LIMIT_MS = 95_000; // below the 100 s after which the plugin gives up

/** Go's YAML decoder takes `yes`, `no`, `on` and `off` for booleans too. */
const flagWords = new Map([["yes", true], ["on", true], ["no", false], ["off", false]]);
const flag = v.pipe(
  v.unknown(),
  v.transform((value) => typeof value === "string" ? flagWords.get(value.toLowerCase()) ?? value : value),
  v.boolean("must be true or false"),
);
const text = v.string("must be a string");
const integer = v.pipe(v.number("must be a number"), v.integer("must be a whole number"));
const count = v.pipe(integer, v.minValue(0, "must be 0 or more"));
const port = v.pipe(
  integer,
  v.minValue(1, "must be a port from 1 to 65535"),
  v.maxValue(65535, "must be a port from 1 to 65535"),
);
const probes = v.pipe(
  integer,
  v.minValue(1, "must be from 1 to 10"),
  v.maxValue(10, "must be from 1 to 10"),
);
const texts = v.array(text, "must be a list of strings");

function orElse<S extends v.GenericSchema, const D extends v.InferInput<S>>(schema: S, fallback: D) {
  return v.nullish(schema, fallback);
}

/** A Go duration above 0 and up to `maxMs`; an empty one is `fallbackMs`. */
function durationMs({ fallbackMs, maxMs }: { fallbackMs: number; maxMs: number }) {
  return v.pipe(
    v.nullish(text, ""),
    v.rawTransform(({ dataset, addIssue, NEVER }) => {
      if (dataset.value === "") return fallbackMs;
      try {
        const ms = parseDuration(dataset.value);
        if (ms > 0 && ms < maxMs) return ms;
        addIssue({ message: `must be above 0 and below ${maxMs / 1000}s` });
      } catch (err) {
        addIssue({ message: err instanceof Error ? err.message : String(err) });
      }
      return NEVER;
    }),
  );
}

const serverUrl = v.pipe(
  text,
  v.check(
    (value) => value === "" || (URL.canParse(value) && /^https?:$/.test(new URL(value).protocol)),
    "must be an absolute http or https URL",
  ),
);

const absolutePath = v.pipe(text, v.startsWith("/", "must be an absolute path"));

const labelSelector = v.object({
  matchLabels: v.nullish(v.record(v.string(), text), {}),
  matchExpressions: v.nullish(
    v.array(v.object({
      key: text,
      operator: v.picklist(["In", "NotIn", "Exists", "DoesNotExist"], "must be In, NotIn, Exists or DoesNotExist"),
      values: v.nullish(texts, []),
    })),
    [],
  ),
});

const subEniRule = v.object({
  resourceName: orElse(text, "spidernet.io/sub-eni"),
  defaultMaxCount: orElse(count, 0),
  nodeSelector: v.nullish(labelSelector, {}),
});

const masterNicRule = v.object({
  nodeSelector: v.nullish(labelSelector, {}),
  defaultMaxCount: orElse(count, 0),
  includeInterfaces: v.nullish(texts, []),
  excludeInterfaces: v.nullish(texts, []),
});

const networkResourcePlugin = v.object({
  enabled: orElse(flag, false),
  kubeletRootDir: orElse(absolutePath, "/var/lib/kubelet"),
  devicePluginAffinity: v.nullish(v.object({ nodeSelector: v.nullish(labelSelector, {}) }), {}),
  resourceAdvertisement: v.nullish(
    v.object({
      subENI: v.nullish(v.object({ rules: v.nullish(v.array(subEniRule), []) }), {}),
      masterNIC: v.nullish(v.object({ rules: v.nullish(v.array(masterNicRule), []) }), {}),
    }),
    {},
  ),
});

const peerCommit = v.object({
  enabled: orElse(flag, true),
  port: orElse(port, agentDefaults.peerPort),
  timeout: durationMs({ fallbackMs: agentDefaults.peerTimeoutMs, maxMs: PEER_LIMIT_MS }),
});

const detection = v.object({
  conflictProbes: orElse(probes, agentDefaults.conflictProbes),
  gatewayProbes: orElse(probes, agentDefaults.gatewayProbes),
  interval: durationMs({ fallbackMs: agentDefaults.probeIntervalMs, maxMs: PROBE_LIMIT_MS }),
  linkWait: durationMs({ fallbackMs: agentDefaults.linkWaitMs, maxMs: LINK_WAIT_LIMIT_MS }),
  silentGateway: orElse(v.picklist(["fail", "warn"], "must be fail or warn"), "fail"),
  announce: orElse(v.picklist(["detected", "always"], "must be detected or always"), "detected"),
});

/**
 * Keys of `conf.yml`, all that upstream's agent and controller know (both read one file) and this project's own.
 * Defaults are upstream's, but for `tuneSysctlConfig`, which the documents promise to be on.
 */
export const confSchema = v.object({
  ipamUnixSocketPath: orElse(absolutePath, "/var/run/spidernet/spiderpool.sock"),
  enableIPv4: orElse(flag, false),
  enableIPv6: orElse(flag, false),
  tuneSysctlConfig: orElse(flag, true),
  enableStatefulSet: orElse(flag, false),
  enableKubevirtStaticIP: orElse(flag, false),
  enableSpiderSubnet: orElse(flag, false),
  enableAutoPoolForApplication: orElse(flag, false),
  enableCleanOutdatedEndpoint: orElse(flag, false),
  enableIPConflictDetection: orElse(flag, false),
  enableGatewayDetection: orElse(flag, false),
  enableValidatingResourcesDeletedWebhook: orElse(flag, false),
  clusterSubnetDefaultFlexibleIPNumber: v.nullish(count),
  clusterSubnetAutoPoolDefaultRedundantIPNumber: v.nullish(count),
  podResourceInject: v.nullish(
    v.object({
      enabled: orElse(flag, false),
      namespacesExclude: v.nullish(texts, []),
      namespacesInclude: v.nullish(texts, []),
    }),
    {},
  ),
  iaasNetworkProvider: v.nullish(
    v.object({
      serverUrl: orElse(serverUrl, ""),
      httpRequestTimeout: durationMs({ fallbackMs: agentDefaults.iaasRequestTimeoutMs, maxMs: IAAS_LIMIT_MS }),
    }),
    {},
  ),
  agent: v.nullish(
    v.object({
      networkResourcePlugin: v.nullish(networkResourcePlugin, {}),
      ipamDeadline: durationMs({ fallbackMs: agentDefaults.ipamDeadlineMs, maxMs: DEADLINE_LIMIT_MS }),
      waitForFreeAddress: durationMs({ fallbackMs: agentDefaults.waitForFreeAddressMs, maxMs: DEADLINE_LIMIT_MS }),
      conflictQuarantine: durationMs({ fallbackMs: agentDefaults.conflictQuarantineMs, maxMs: QUARANTINE_LIMIT_MS }),
      detection: v.nullish(detection, {}),
      peerCommit: v.nullish(peerCommit, {}),
    }),
    {},
  ),
});

/** A checked `conf.yml`, with every default filled in; durations are milliseconds. */
export type Conf = v.InferOutput<typeof confSchema>;
