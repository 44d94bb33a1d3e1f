import type { IpamDelArgs } from "../../agent/api/mod.ts";
import { agentFailure, type CniCall, CniCode, fieldsOf, openTolerantLog, type PodArgs, readArgs } from "../cni/mod.ts";
import { parseIpamConf } from "./config.ts";
import { releaseOrOwe } from "./owe.ts";

/** The agent says no to a release only for causes that heal, so the runtime is asked to come again. */
const failure = { token: "spiderpool IP release error", refusedCode: CniCode.TryAgain };

/**
 * DEL: tells the agent to give back what the attachment holds. Nothing held is success; the namespace is not looked at.
 * What the agent cannot do now it finds noted on the node.
 */
export async function del(call: CniCall): Promise<string> {
  const conf = parseIpamConf(call.config);
  const settings = { caller: "spiderpool/del.ts", logger: "spiderpool", fields: fieldsOf(call) };
  using log = openTolerantLog(conf.log, { call, settings });
  const { args, problems } = readArgs(call.environment.args);
  const podLog = log.child({ PodName: args.podName, PodNamespace: args.podNamespace, PodUID: args.podUid });
  if (problems.length > 0) podLog.warn("ignored parts of CNI_ARGS", { problems });
  try {
    await releaseOrOwe(delArgs(call, args), { conf, log: podLog });
    podLog.info("gave addresses back");
    return "";
  } catch (err) {
    const told = agentFailure(err, failure);
    podLog.error("DEL failed", { err: told });
    throw told;
  }
}

function delArgs({ environment }: CniCall, args: PodArgs): IpamDelArgs {
  return {
    containerID: environment.containerId,
    ifName: environment.ifname,
    netNamespace: environment.netns, // left out of the body when empty
    podName: args.podName,
    podNamespace: args.podNamespace,
    podUID: args.podUid,
  };
}
