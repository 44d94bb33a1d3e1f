import * as v from "valibot";
import { about } from "./about.ts";
import { agentKeys } from "./conf_agent.ts";
import { agentDefaults } from "./conf_defaults.ts";
import { group, key, keys } from "./conf_key.ts";
import { absolutePath, duration, flag, integer, serverUrl, texts } from "./conf_values.ts";

const IAAS_LIMIT_MS = 100_000;

const podResourceInject = group({
  enabled: key(flag, {
    value: false,
    readBy: "controller",
    text: "Whether Pods that name networks are given the resources of these.",
  }),
  namespacesExclude: key(texts, {
    value: [],
    readBy: "controller",
    text: "Namespaces whose Pods are left alone.",
  }),
  namespacesInclude: key(texts, {
    value: [],
    readBy: "controller",
    text: "Namespaces whose Pods are looked at; none: all but those above.",
  }),
});

const iaasNetworkProvider = group({
  serverUrl: key(serverUrl, {
    value: "",
    readBy: "nobody yet",
    text: "Server of a cloud's network; empty: there is none.",
  }),
  httpRequestTimeout: about(duration({ fallbackMs: agentDefaults.iaasRequestTimeoutMs, belowMs: IAAS_LIMIT_MS }), {
    readBy: "nobody yet",
    text: "How long a request to it may take.",
  }),
});

/**
 * Keys of `conf.yml`, all that upstream's agent and controller know (both read one file) and this project's own, with
 * what is said about each. Defaults are upstream's, but for `tuneSysctlConfig`, which the documents promise to be on.
 */
export const confSchema = keys({
  ipamUnixSocketPath: key(absolutePath, {
    value: "/var/run/spidernet/spiderpool.sock",
    text: "Socket where plugins ask the agent, of mode 0600; the journal is beside it in `spiderpool-journal/`.",
  }),
  enableIPv4: key(flag, {
    value: false,
    readBy: "agent, controller",
    text: "Whether Pods get IPv4 addresses; a family that is off is left aside.",
  }),
  enableIPv6: key(flag, {
    value: false,
    readBy: "agent, controller",
    text: "Whether Pods get IPv6 addresses; a family that is off is left aside.",
  }),
  tuneSysctlConfig: key(flag, {
    value: true,
    text: "Whether the sysctls of the node are set that underlay networks want.",
  }),
  enableStatefulSet: key(flag, {
    value: false,
    readBy: "agent, controller",
    text: "Whether Pods of StatefulSets keep their addresses.",
  }),
  enableKubevirtStaticIP: key(flag, {
    value: false,
    readBy: "agent, controller",
    text: "Whether VMs of KubeVirt keep their addresses over restarts and migrations; needs `get` on " +
      "`virtualmachineinstances`, `virtualmachines` and `virtualmachineinstancemigrations`.",
  }),
  enableSpiderSubnet: key(flag, {
    value: false,
    readBy: "agent, controller",
    text: "Whether there are SpiderSubnets, and annotations that name them.",
  }),
  enableAutoPoolForApplication: key(flag, {
    value: false,
    readBy: "agent, controller",
    text: "Whether IPPools of SpiderSubnets are created for applications.",
  }),
  enableCleanOutdatedEndpoint: key(flag, {
    value: false,
    readBy: "controller",
    text: "Whether SpiderEndpoints are removed that no pool has a record for.",
  }),
  enableIPConflictDetection: key(flag, {
    value: false,
    reload: true,
    text: "Whether an ADD asks the network if somebody else has the address.",
  }),
  enableGatewayDetection: key(flag, {
    value: false,
    reload: true,
    text: "Whether an ADD asks the network if the gateway is there.",
  }),
  enableValidatingResourcesDeletedWebhook: key(flag, {
    value: false,
    readBy: "controller",
    text: "Whether the deletion of pools and subnets that are in use is refused.",
  }),
  clusterSubnetDefaultFlexibleIPNumber: about(v.nullish(integer({ min: 0 })), {
    readBy: "controller",
    text: "Addresses that an auto-created pool has beyond the replicas, where the Pod's annotation does not say it.",
  }),
  clusterSubnetAutoPoolDefaultRedundantIPNumber: about(v.nullish(integer({ min: 0 })), {
    readBy: "controller",
    text: "Another name of `clusterSubnetDefaultFlexibleIPNumber`, which wins.",
  }),
  podResourceInject,
  iaasNetworkProvider,
  agent: agentKeys,
});

/** A checked `conf.yml`, with every default filled in; durations are milliseconds. */
export type Conf = v.InferOutput<typeof confSchema>;
