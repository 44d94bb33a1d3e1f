import { AgentAnswerError } from "../../agent/api/mod.ts";
import { agentFailure, type CniCall, CniCode, CniError, fieldsOf, openTolerantLog } from "../cni/mod.ts";
import { agentOf, GC_UNSUPPORTED } from "./agent.ts";
import { type IpamConf, parseIpamConf } from "./config.ts";
import { validAttachmentsOf } from "./valid_attachments.ts";

/** What the agent could not free now it can later, so the runtime is asked to come again. */
const failure = { token: "spiderpool IP garbage collection error", refusedCode: CniCode.TryAgain };

/**
 * GC: has the agent free what this node holds in this network for containers that the runtime does not have any more.
 * The agent looks at each Pod before; what no ADD of this plugin recorded for the network is left alone. Where the runtime
 * does not say what it still has, nothing is freed.
 */
export async function gc(call: CniCall): Promise<string> {
  const conf = parseIpamConf(call.config);
  const validAttachments = validAttachmentsOf(call.config);
  const settings = { caller: "spiderpool/gc.ts", logger: "spiderpool", fields: fieldsOf(call) };
  using log = openTolerantLog(conf.log, { call, settings });
  if (validAttachments === undefined) {
    log.info("collects no garbage: the runtime does not say what it still has", { network: call.config.name });
    return "";
  }
  const about = { network: call.config.name, valid: validAttachments.length };
  try {
    const { freed, kept } = await agentOf(conf).collect({ networkName: call.config.name, validAttachments });
    log.info("collected garbage", { ...about, freed, kept });
    return "";
  } catch (err) {
    const told = failureOf(err, conf);
    log.error("GC failed", { ...about, err: told });
    throw told;
  }
}

/** Upstream's agent, and an old one, know no such request: they have done nothing. */
function failureOf(err: unknown, { socketPath }: IpamConf): CniError {
  const isUnknown = err instanceof AgentAnswerError && (err.status === 404 || err.status === 501);
  if (!isUnknown) return agentFailure(err, failure);
  const told = `${failure.token}: the agent on ${socketPath} cannot collect garbage: it is another one or too old`;
  return new CniError(GC_UNSUPPORTED, told, { cause: err, details: err.message });
}
