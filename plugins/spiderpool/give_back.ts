import { AgentAnswerError, type IpamAddResponse, type IpamBatchDelArgs } from "../../agent/api/mod.ts";
import type { Log } from "../../net/base/log.ts";
import { agentFailure, type CniCall, CniError, type PodArgs } from "../cni/mod.ts";
import { agentOf, IP_CONFLICT } from "./agent.ts";
import type { IpamConf } from "./config.ts";

/** Time for the agent to take addresses back, in milliseconds: it is asked also when the ADD's own time is over. */
const RELEASE_MS = 30_000;

const failure = { token: "spiderpool IP release error", refusedCode: IP_CONFLICT };

/** Whose addresses, and of which agent. */
export interface Holder {
  readonly call: CniCall;
  readonly conf: IpamConf;
  readonly args: PodArgs;
  readonly log: Log;
}

/** An address that another host answered for. */
export interface Conflict {
  /** Canonical text. */
  readonly ip: string;
  readonly mac: string;
}

/** What the runtime is told of conflicts. */
export function conflictText(conflicts: readonly Conflict[], ifname: string): string {
  return `ip conflict: ${conflicts.map(({ ip, mac }) => `${ip} on ${ifname} is in use by ${mac}`).join(", ")}`;
}

/**
 * Has the agent set addresses aside, so that the next request gets others.
 *
 * @throws {CniError} that tells the conflict, when the agent lets the Pod keep its addresses, or cannot do it
 */
export async function reportConflicts(holder: Holder, conflicts: readonly Conflict[]): Promise<void> {
  const { ifname } = holder.call.environment;
  const conflictIPs = conflicts.map(({ ip, mac }) => ({ ip, mac, nic: ifname }));
  try {
    await release(holder, { conflictIPs });
  } catch (cause) {
    const told = conflictText(conflicts, ifname);
    if (isKept(cause)) throw new CniError(IP_CONFLICT, told, { cause, details: cause.payload });
    throw new CniError(IP_CONFLICT, `${told}; ${agentFailure(cause, failure).message}`, { cause });
  }
}

/**
 * Gives the link's addresses back after its ADD has failed, unless they are fixed. The Pod's other links keep theirs.
 *
 * @param error why the ADD failed
 * @returns it, with what went wrong here added
 */
async function giveBack(holder: Holder, error: CniError): Promise<CniError> {
  try {
    await release(holder, { ifName: holder.call.environment.ifname });
    holder.log.info("gave addresses back");
    return error;
  } catch (cause) {
    if (isKept(cause)) {
      holder.log.info("kept addresses", { reason: cause.payload });
      return error;
    }
    const { code, message, details } = error;
    return new CniError(code, `${message}; ${agentFailure(cause, failure).message}`, { cause: error, details });
  }
}

/**
 * Like {@linkcode giveBack}, for what this answer gave. Upstream's agent knows no release of one link, and other links
 * of the Pod may be in use: where those are listed by an agent that may be upstream's, everything waits for DEL.
 */
export async function giveBackAnswer(holder: Holder, answer: IpamAddResponse, error: CniError): Promise<CniError> {
  const listsOthers = (answer.ips ?? []).some(({ nic }) => nic !== holder.call.environment.ifname);
  if (!listsOthers || answer.detection !== undefined) return await giveBack(holder, error);
  holder.log.info("kept addresses", { reason: "the Pod has other links" });
  return error;
}

async function release({ call, conf, args }: Holder, more: Partial<IpamBatchDelArgs>): Promise<void> {
  const { containerId, netns } = call.environment;
  await agentOf({ ...conf, timeoutMs: RELEASE_MS }).releaseBatch({
    containerID: containerId,
    netNamespace: netns,
    podName: args.podName,
    podNamespace: args.podNamespace,
    podUID: args.podUid,
    isReleaseConflictIPs: true, // fixed addresses stay
    ...more,
  });
}

/** The agent's settings or the Pod's owner want the addresses to stay. */
function isKept(err: unknown): err is AgentAnswerError {
  return err instanceof AgentAnswerError && (err.status === 521 || err.status === 522);
}
