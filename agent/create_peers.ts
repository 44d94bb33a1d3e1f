import { dirname, join } from "node:path";
import { systemRandom } from "../net/base/random.ts";
import type { KubeTransport } from "../crd/kube/contract.ts";
import type { IpamInputs } from "./daemon.ts";
import type { PeerOptions } from "./ipam/mod.ts";
import { systemMonotonic } from "./peer/mod.ts";
import { lifeFile, PeerPort } from "./peer/port/mod.ts";

/** Where the DaemonSet mounts the token for peers. */
export const PEER_TOKEN = "/var/run/secrets/spiderpool/peer/token";

/** File beside the agent's socket: how long the next agent of this node must wait at most. */
const LIFE_FILE = "spiderpool-peer-life";

/** The peer port as conf.yml wants it; `undefined` where each agent writes for itself. */
export function createPeerPort(
  transport: KubeTransport,
  { conf, environment, clock, log, metrics }: Pick<IpamInputs, "conf" | "environment" | "clock" | "log" | "metrics">,
  { tokenPath = PEER_TOKEN }: { readonly tokenPath?: string } = {},
): PeerPort | undefined {
  const { enabled, port } = conf.agent.peerCommit;
  if (!enabled) return undefined;
  if (!isFile(tokenPath)) {
    log.info("shares no writes with other agents: there is no token for them", { path: tokenPath });
    return undefined;
  }
  const { podNamespace, nodeName, podIPs } = environment;
  return new PeerPort({
    transport,
    namespace: podNamespace,
    node: nodeName,
    hostnames: podIPs.length > 0 ? podIPs : ["0.0.0.0"],
    port,
    tokenPath,
    clock,
    monotonic: systemMonotonic,
    random: systemRandom,
    log,
    observer: metrics?.peers,
  });
}

/** What IPAM takes from the port; `metrics` count what goes through it. */
export function peerOptionsOf(
  { directory, exchange }: Pick<PeerPort, "directory" | "exchange">,
  { conf, confNow = () => conf, metrics }: Pick<IpamInputs, "conf" | "confNow" | "metrics">,
): PeerOptions {
  const { ipamUnixSocketPath, agent: { peerCommit: { timeout: timeoutMs } } } = conf;
  const note = lifeFile(join(dirname(ipamUnixSocketPath), LIFE_FILE));
  return {
    directory,
    exchange: metrics?.exchange(exchange) ?? exchange,
    timeoutMs,
    timeoutNow: () => confNow().agent.peerCommit.timeout,
    monotonic: systemMonotonic,
    note,
    observer: metrics?.peers,
  };
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch (err) {
    if (err instanceof Deno.errors.NotFound) return false;
    throw err;
  }
}
