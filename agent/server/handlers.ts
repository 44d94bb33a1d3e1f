import { type Clock, steadyNow } from "../../net/base/clock.ts";
import type { Log } from "../../net/base/log.ts";
import {
  decodeBody,
  encodeBody,
  encodeJson,
  explainAnswerModel,
  ipamAddArgsModel,
  ipamAddResponseModel,
  ipamBatchDelArgsModel,
  ipamDelArgsModel,
  type IpamService,
  parseExplainQuery,
  ReleaseForbiddenError,
  requiredQuery,
  workloadEndpointStatusModel,
} from "../api/mod.ts";
import { type AttachmentArgs, attachmentFields, type AttachmentVerb } from "../log_fields.ts";
import { QuietLog } from "./quiet_log.ts";
import type { OperationHandlers } from "./router.ts";

/** What the handlers of the unix socket need. */
export interface IpamHandlerDeps {
  readonly service: IpamService;
  readonly clock: Clock;
  readonly log: Log;
  /** Called when the agent is asked to stop. */
  readonly requestStop: () => void;
}

/** The operations of the unix socket. */
export function createIpamHandlers({ service, clock, log, requestStop }: IpamHandlerDeps): OperationHandlers {
  const quiet = new QuietLog({ log, clock });
  return {
    getIpamHealthy: () => Promise.resolve({ status: 200 }),
    async postIpamIP({ body }, signal) {
      const args = decodeBody(body, { name: "ipamAddArgs", model: ipamAddArgsModel });
      const response = await timed({ ...deps("ADD", args), run: () => service.add(args, signal) });
      return { status: 200, body: encodeBody(ipamAddResponseModel, response) };
    },
    async deleteIpamIP({ body }, signal) {
      const args = decodeBody(body, { name: "ipamDelArgs", model: ipamDelArgsModel });
      await timed({ ...deps("DEL", args), run: () => service.release(args, signal) });
      return { status: 200 };
    },
    postIpamIps: () => Promise.resolve({ status: 200 }),
    async deleteIpamIps({ body }, signal) {
      const args = decodeBody(body, { name: "ipamBatchDelArgs", model: ipamBatchDelArgsModel });
      try {
        await timed({ ...deps("batch DEL", args), run: () => service.releaseBatch(args, signal) });
        return { status: 200 };
      } catch (err) {
        if (err instanceof ReleaseForbiddenError) return { status: err.status, body: encodeJson(err.message) };
        throw err;
      }
    },
    async getWorkloadendpoint({ query }, signal) {
      const name = requiredQuery(query, "podName");
      const namespace = requiredQuery(query, "podNamespace");
      const endpoint = await service.endpoint({ namespace, name }, signal);
      if (endpoint !== undefined) return { status: 200, body: encodeBody(workloadEndpointStatusModel, endpoint) };
      const message = `Cannot find SpiderEndpoint "${namespace}/${name}": the Pod holds no address`;
      return { status: 404, body: encodeJson(message) };
    },
    async getIpamExplain({ query }, signal) {
      const asked = parseExplainQuery(query);
      const answer = await service.explain(asked, signal);
      if (answer !== undefined) return { status: 200, body: encodeBody(explainAnswerModel, answer) };
      const message = `Cannot explain Pod "${asked.podNamespace}/${asked.podName}": there is no such Pod in the API`;
      return { status: 404, body: encodeJson(message) };
    },
    postRuntimeShutdown() {
      log.info("was asked to stop");
      requestStop();
      return Promise.resolve({ status: 200 });
    },
  };

  function deps(verb: AttachmentVerb, args: AttachmentArgs): Pick<TimedCall<never>, "clock" | "log" | "quiet"> {
    return { clock, quiet, log: log.child(attachmentFields(verb, args)) };
  }
}

interface TimedCall<T> {
  readonly clock: Clock;
  readonly log: Log;
  readonly quiet: QuietLog;
  readonly run: () => Promise<T>;
}

async function timed<T>({ clock, log, quiet, run }: TimedCall<T>): Promise<T> {
  const startedAt = steadyNow(clock);
  try {
    const result = await run();
    log.debug("served request", { durationMs: steadyNow(clock) - startedAt });
    return result;
  } catch (err) {
    const reason = err instanceof Error ? err.message : String(err);
    quiet.warn(log, "refused request", { durationMs: steadyNow(clock) - startedAt, err: reason });
    throw err;
  }
}
