/**
 * The agent's HTTP servers: the unix socket that the plugins ask, and the TCP port that the kubelet probes.
 *
 * @example
 * ```ts
 * import { systemClock } from "../../net/base/clock.ts";
 * import { silentLog } from "../../net/base/log.ts";
 * import { createRouter, listenUnix, serveHttp } from "./mod.ts";
 *
 * const handler = createRouter({ getIpamHealthy: () => Promise.resolve({ status: 200 }) });
 * const server = serveHttp(await listenUnix("/run/agent.sock"), { handler, clock: systemClock, log: silentLog });
 * await server.stop(20_000);
 * ```
 *
 * @module
 */
export { createCoordinatorHandlers } from "./coordinator_handler.ts";
export { createHousekeepingHandlers } from "./housekeeping_handler.ts";
export { createIpamHandlers, type IpamHandlerDeps } from "./handlers.ts";
export { type ChunkSource, chunkSource } from "./chunk_source.ts";
export { createHealthHandlers, type HealthDeps } from "./health.ts";
export { HttpError, type HttpHandler, type HttpRequest, type HttpResponse, problem } from "./http.ts";
export { defaultBounds, type HttpServer, type HttpServerOptions, serveHttp, type ServerLoad } from "./http_server.ts";
export { type RequestHead } from "./request_reader.ts";
export { loggedErrors } from "./logged_errors.ts";
export { createRouter, type OperationHandler, type OperationHandlers, type RouterOptions } from "./router.ts";
export { listenUnix, SocketInUseError } from "./unix_socket.ts";
