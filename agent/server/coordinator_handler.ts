import {
  coordinatorConfigModel,
  type CoordinatorService,
  decodeBody,
  encodeBody,
  type GetCoordinatorArgs,
  getCoordinatorArgsModel,
} from "../api/mod.ts";
import type { HttpRequest } from "./http.ts";
import type { OperationHandlers } from "./router.ts";

/** The operation that the coordinator plugin asks. */
export function createCoordinatorHandlers(service: CoordinatorService): OperationHandlers {
  return {
    async getCoordinatorConfig(request, signal) {
      const config = await service.config(argsOf(request), signal);
      return { status: 200, body: encodeBody(coordinatorConfigModel, config) };
    },
  };
}

/** In the body of the GET, as upstream's plugin sends them, or in the query, for those who cannot. */
function argsOf({ body, query }: HttpRequest): GetCoordinatorArgs {
  const podName = query.get("podName");
  const podNamespace = query.get("podNamespace");
  if (body.length === 0 && podName !== null && podNamespace !== null) return { podName, podNamespace };
  return decodeBody(body, { name: "getCoordinatorConfig", model: getCoordinatorArgsModel });
}
