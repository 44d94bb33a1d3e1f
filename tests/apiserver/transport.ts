/** The server without HTTP: a request is a function call, the answer arrives in microtasks and on the clock. */
import type { Clock } from "../../net/base/clock.ts";
import type { KubeRequest, KubeResponse, KubeTransport } from "../../crd/kube/contract.ts";
import { KubeConnectionError } from "../../crd/kube/errors.ts";
import type { ApiAnswer } from "./answer.ts";
import type { Fault } from "./faults.ts";
import { encodeText } from "./json.ts";
import type { ApiRequest } from "./request.ts";

/** The server as a transport sees it. */
export interface Frontend {
  readonly clock: Clock;
  /** Decides what goes wrong. Called once per request. */
  decideFault(request: ApiRequest): Fault | undefined;
  /** Does what is asked. */
  answer(request: ApiRequest, fault: Fault | undefined): Promise<ApiAnswer>;
  /** Notes that an answer was lost. */
  noteLost(request: ApiRequest): void;
}

/** The outcome of a request under faults. */
export type Outcome = ApiAnswer | "lost";

/** Runs a request with what the fault plan says goes wrong. */
export async function runWithFaults(frontend: Frontend, request: ApiRequest): Promise<Outcome> {
  const fault = frontend.decideFault(request);
  if (fault === undefined) return await frontend.answer(request, undefined);
  const { delayBeforeMs = 0, delayAfterMs = 0, lose } = fault;
  if (delayBeforeMs > 0) await frontend.clock.sleep(delayBeforeMs, request.signal);
  if (lose === "before") {
    frontend.noteLost(request);
    return "lost";
  }
  const answer = await frontend.answer(request, fault);
  if (delayAfterMs > 0) await frontend.clock.sleep(delayAfterMs, request.signal);
  if (lose !== "after") return answer;
  frontend.noteLost(request);
  if (typeof answer.body !== "string") await answer.body.cancel();
  return "lost";
}

/** A transport into the server, named `client` in faults and observations. */
export function inProcessTransport(frontend: Frontend, client: string): KubeTransport {
  return {
    async request(request: KubeRequest): Promise<KubeResponse> {
      request.signal?.throwIfAborted();
      const outcome = await untilAborted(runWithFaults(frontend, apiRequestOf(request, client)), request.signal);
      if (outcome === "lost") throw new KubeConnectionError(`${request.method} ${request.path}`);
      return responseOf(outcome);
    },
  };
}

function apiRequestOf(request: KubeRequest, client: string): ApiRequest {
  return {
    client,
    method: request.method,
    path: request.path,
    query: request.query ?? {},
    body: request.body ?? "",
    contentType: request.contentType ?? "",
    accept: request.accept ?? "",
    userAgent: client,
    signal: request.signal,
  };
}

/** As with a real connection: whoever aborts stops waiting at once, the server may go on. */
function untilAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work;
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    signal.addEventListener("abort", abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}

function responseOf({ status, contentType, headers, body }: ApiAnswer): KubeResponse {
  const head = new Headers({ "content-type": contentType, ...headers });
  if (typeof body !== "string") return { status, headers: head, body };
  const bytes = encodeText(body);
  head.set("content-length", String(bytes.length));
  return {
    status,
    headers: head,
    bytes: () => Promise.resolve(bytes),
    // A getter: a stream costs more than all the rest, and most readers ask for the bytes.
    get body() {
      return streamOf(bytes);
    },
  };
}

function streamOf(bytes: Uint8Array): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>({
    start(controller) {
      if (bytes.length > 0) controller.enqueue(bytes);
      controller.close();
    },
  });
}
