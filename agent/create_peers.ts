import { systemRandom } from "../net/base/random.ts";
import type { KubeTransport } from "../crd/kube/contract.ts";
import type { Conf } from "./config/conf.ts";
import type { IpamInputs } from "./daemon.ts";
import type { PeerOptions } from "./ipam/mod.ts";
import { systemMonotonic } from "./peer/mod.ts";
import { PeerPort } from "./peer/port/mod.ts";

/** Where the DaemonSet mounts the token for peers. */
export const PEER_TOKEN = "/var/run/secrets/spiderpool/peer/token";

/** The peer port as conf.yml wants it; `undefined` where each agent writes for itself. */
export function createPeerPort(
  transport: KubeTransport,
  { conf, environment, clock, log }: Pick<IpamInputs, "conf" | "environment" | "clock" | "log">,
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
  });
}

/** What IPAM takes from the port. */
export function peerOptionsOf({ directory, exchange }: PeerPort, conf: Conf): PeerOptions {
  return { directory, exchange, timeoutMs: conf.agent.peerCommit.timeout, monotonic: systemMonotonic };
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch (err) {
    if (err instanceof Deno.errors.NotFound) return false;
    throw err;
  }
}
