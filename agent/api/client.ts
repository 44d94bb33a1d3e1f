import { ContractError } from "./contract_error.ts";
import { decodeMessage } from "./decode.ts";
import { encodeBody } from "./encode.ts";
import { explainAnswerModel } from "./explain_model.ts";
import { explainTarget } from "./explain_query.ts";
import type { ExplainAnswer, ExplainQuery } from "./explain_types.ts";
import type { Exchange } from "./exchange.ts";
import { capacityTarget } from "./capacity_query.ts";
import { ipamCapacityModel, ipamGcArgsModel, ipamGcResponseModel } from "./gc_models.ts";
import type { IpamCapacity, IpamCapacityQuery, IpamGcArgs, IpamGcResponse } from "./gc_types.ts";
import type { HttpAnswer } from "./http_response.ts";
import { coordinatorConfigModel, getCoordinatorArgsModel } from "./coordinator_models.ts";
import { workloadEndpointStatusModel } from "./endpoint_models.ts";
import { ipamAddArgsModel, ipamAddResponseModel, ipamBatchDelArgsModel, ipamDelArgsModel } from "./ipam_models.ts";
import { type Operation, operations } from "./operations.ts";
import type { ObjectSchema } from "./schema.ts";
import type {
  CoordinatorConfig,
  GetCoordinatorArgs,
  IpamAddArgs,
  IpamAddResponse,
  IpamBatchDelArgs,
  IpamDelArgs,
  WorkloadEndpointStatus,
} from "./types.ts";

/** The agent answered, and the answer is no. */
export class AgentAnswerError extends Error {
  override readonly name = "AgentAnswerError";

  /**
   * @param request method and path
   * @param status HTTP status
   * @param payload the agent's own words
   */
  constructor(readonly request: string, readonly status: number, readonly payload: string) {
    super(`${request} answered ${status}: ${payload}`);
  }
}

/** What the plugins ask of the agent. Every method throws what its {@linkcode Exchange} throws, and {@linkcode AgentAnswerError}. */
export interface AgentClient {
  /** @throws {ContractError} when the answer breaks the contract */
  allocate(args: IpamAddArgs): Promise<IpamAddResponse>;
  release(args: IpamDelArgs): Promise<void>;
  /** Gives back all of a Pod, or sets conflicting addresses aside. Status 521 or 522: they stay; see the contract. */
  releaseBatch(args: IpamBatchDelArgs): Promise<void>;
  /** @returns `undefined` when the Pod has no SpiderEndpoint */
  endpoint(pod: { namespace: string; name: string }): Promise<WorkloadEndpointStatus | undefined>;
  /** @returns `undefined` when there is no such Pod */
  explain(query: ExplainQuery): Promise<ExplainAnswer | undefined>;
  /** @throws {ContractError} when the answer breaks the contract; upstream's agent answers 404 */
  collect(args: IpamGcArgs): Promise<IpamGcResponse>;
  /** @returns `undefined` when the agent cannot tell: upstream's */
  capacity(query: IpamCapacityQuery): Promise<IpamCapacity | undefined>;
  /** @throws {ContractError} when the answer breaks the contract */
  coordinatorConfig(args: GetCoordinatorArgs): Promise<CoordinatorConfig>;
  healthy(): Promise<void>;
}

/** A client of the agent over `exchange`. */
export function createAgentClient(exchange: Exchange): AgentClient {
  return {
    async allocate(args) {
      const operation = operations.postIpamIP;
      const answer = await exchange({ ...lineOf(operation), body: encodeBody(ipamAddArgsModel, args) });
      return decodeAnswer(operation, { answer, model: ipamAddResponseModel });
    },
    async release(args) {
      const operation = operations.deleteIpamIP;
      requireSuccess(operation, await exchange({ ...lineOf(operation), body: encodeBody(ipamDelArgsModel, args) }));
    },
    async releaseBatch(args) {
      const operation = operations.deleteIpamIps;
      requireSuccess(
        operation,
        await exchange({ ...lineOf(operation), body: encodeBody(ipamBatchDelArgsModel, args) }),
      );
    },
    async endpoint({ namespace, name }) {
      const operation = operations.getWorkloadendpoint;
      const query = `podNamespace=${encodeURIComponent(namespace)}&podName=${encodeURIComponent(name)}`;
      const answer = await exchange({ method: operation.method, target: `${operation.path}?${query}` });
      if (answer.status === 404) return undefined;
      return decodeAnswer(operation, { answer, model: workloadEndpointStatusModel });
    },
    async explain(query) {
      const operation = operations.getIpamExplain;
      const answer = await exchange({ method: operation.method, target: explainTarget(operation.path, query) });
      if (answer.status === 404) return undefined;
      return decodeAnswer(operation, { answer, model: explainAnswerModel });
    },
    async collect(args) {
      const operation = operations.postIpamGc;
      const answer = await exchange({ ...lineOf(operation), body: encodeBody(ipamGcArgsModel, args) });
      return decodeAnswer(operation, { answer, model: ipamGcResponseModel });
    },
    async capacity(query) {
      const operation = operations.getIpamCapacity;
      const answer = await exchange({ method: operation.method, target: capacityTarget(operation.path, query) });
      if (answer.status === 404) return undefined;
      return decodeAnswer(operation, { answer, model: ipamCapacityModel });
    },
    async coordinatorConfig(args) {
      const operation = operations.getCoordinatorConfig; // a GET with a body, as upstream's agent wants it
      const answer = await exchange({ ...lineOf(operation), body: encodeBody(getCoordinatorArgsModel, args) });
      return decodeAnswer(operation, { answer, model: coordinatorConfigModel });
    },
    async healthy() {
      const operation = operations.getIpamHealthy;
      requireSuccess(operation, await exchange(lineOf(operation)));
    },
  };
}

function lineOf({ method, path }: Operation): { method: Operation["method"]; target: string } {
  return { method, target: path };
}

function requireSuccess({ method, path }: Operation, answer: HttpAnswer): void {
  if (answer.status !== 200) throw new AgentAnswerError(`${method} ${path}`, answer.status, payloadOf(answer));
}

function decodeAnswer<T>(operation: Operation, { answer, model }: { answer: HttpAnswer; model: ObjectSchema<T> }): T {
  requireSuccess(operation, answer);
  return decodeMessage(model, parseJson(answer));
}

function parseJson({ body }: HttpAnswer): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(body));
  } catch (err) {
    throw new ContractError(400, 400, `the answer is not JSON: ${err instanceof Error ? err.message : String(err)}`);
  }
}

/** The bare string of a failure, the message of a `{code, message}`, or the text as it came. */
function payloadOf({ body }: HttpAnswer): string {
  const text = new TextDecoder().decode(body).trim();
  try {
    const payload: unknown = JSON.parse(text);
    if (typeof payload === "string") return payload;
    if (typeof payload === "object" && payload !== null && "message" in payload) return String(payload.message);
    return text;
  } catch {
    return text; // not JSON: the text itself is all there is to tell
  }
}
