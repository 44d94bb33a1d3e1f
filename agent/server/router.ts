import { ContractError, encodeJson, type Operation, type OperationName, operations } from "../api/mod.ts";
import { type HttpHandler, type HttpRequest, type HttpResponse, problem } from "./http.ts";

/** Serves one operation. An error it throws becomes a 500 with the message as a bare JSON string. */
export type OperationHandler = (request: HttpRequest, signal: AbortSignal) => Promise<HttpResponse>;

/** Which operations a server has; the others of the contract answer 501. */
export type OperationHandlers = { readonly [name in OperationName]?: OperationHandler };

/** What a router has besides its operations. */
export interface RouterOptions {
  /** JSON documents by their path, such as `/swagger.json`. */
  readonly documents?: Readonly<Record<string, unknown>>;
}

interface Route {
  readonly operation: Operation;
  readonly handler: OperationHandler | undefined;
}

const JSON_TYPE = "application/json";

/**
 * Finds the operation of a request and checks what upstream's framework (go-openapi) checks before it, in its order
 * and with its texts: path, method, Content-Type, Accept.
 */
export function createRouter(handlers: OperationHandlers, { documents = {} }: RouterOptions = {}): HttpHandler {
  const routes = routesOf(handlers);
  return async function route(request, signal) {
    try {
      if (request.method === "GET" && Object.hasOwn(documents, request.path)) {
        return { status: 200, body: encodeJson(documents[request.path]) };
      }
      const { operation, handler } = findRoute(routes, request);
      requireJson(request);
      if (handler === undefined) return notImplemented(operation);
      return await handler(request, signal);
    } catch (err) {
      return answerOf(err);
    }
  };
}

function routesOf(handlers: OperationHandlers): Map<string, Map<string, Route>> {
  const routes = new Map<string, Map<string, Route>>();
  for (const name of Object.keys(operations) as OperationName[]) {
    const operation: Operation = operations[name];
    const methods = routes.get(operation.path) ?? new Map<string, Route>();
    routes.set(operation.path, methods.set(operation.method, { operation, handler: handlers[name] }));
  }
  return routes;
}

/** The path is known, but not with this method; `allow` is what it has. */
class MethodError extends Error {
  constructor(readonly allow: string, message: string) {
    super(message);
  }
}

function findRoute(routes: ReadonlyMap<string, ReadonlyMap<string, Route>>, { method, path }: HttpRequest): Route {
  const methods = routes.get(path);
  if (methods === undefined) throw new ContractError(404, 404, `path ${path} was not found`);
  const route = methods.get(method);
  if (route !== undefined) return route;
  const allow = [...methods.keys()].sort().join(",");
  throw new MethodError(allow, `method ${method} is not allowed, but [${allow}] are`);
}

function requireJson({ headers, body }: HttpRequest): void {
  const contentType = mediaTypeOf(headers.get("content-type") ?? "application/octet-stream");
  if (body.length > 0 && contentType !== JSON_TYPE) {
    throw new ContractError(415, 415, `unsupported media type "${contentType}", only [${JSON_TYPE}] are allowed`);
  }
  if (!acceptsJson(headers.get("accept"))) {
    throw new ContractError(406, 406, `unsupported media type requested, only [${JSON_TYPE}] are available`);
  }
}

function mediaTypeOf(header: string): string {
  return (header.split(";", 1)[0] ?? "").trim().toLowerCase();
}

/** RFC 9110 §12.5.1: a range with `q=0` is excluded. */
function acceptsJson(accept: string | undefined): boolean {
  if (accept === undefined || accept.trim() === "") return true;
  return accept.split(",").some((range) => {
    const excluded = /;[ \t]*q=0(\.0*)?[ \t]*(;|$)/i.test(range);
    return !excluded && [JSON_TYPE, "application/*", "*/*"].includes(mediaTypeOf(range));
  });
}

function notImplemented({ name }: Operation): HttpResponse {
  return { status: 501, body: encodeJson(`operation ${name} has not yet been implemented`) };
}

function answerOf(err: unknown): HttpResponse {
  if (err instanceof ContractError) return problem(err.status, err);
  if (err instanceof MethodError) return { ...problem(405, err), headers: { Allow: err.allow } };
  return { status: 500, body: encodeJson(err instanceof Error ? err.message : String(err)) };
}
