import type { KubeRequest, KubeResponse, KubeTransport } from "../../crd/kube/contract.ts";
import { KubeConnectionError } from "../../crd/kube/errors.ts";
import type { Drag } from "./drag.ts";
import type { FateBook } from "./fate_book.ts";
import { type FaultRates, type Journey, noFaults } from "./faults.ts";
import type { Partitions } from "./partitions.ts";
import type { Process } from "./process.ts";
import { labelOf, watchNameOf } from "./request_label.ts";
import type { SimClock } from "./sim_clock.ts";
import type { Trace } from "./trace.ts";
import { relayWatch } from "./watch_relay.ts";

/** What a {@linkcode SimTransport} works with. */
export interface SimTransportDeps {
  /** The server itself. */
  readonly api: KubeTransport;
  /** Of the network: it goes on when the sender dies. */
  readonly clock: SimClock;
  readonly fates: FateBook;
  readonly partitions: Partitions;
  readonly drag: Drag;
  readonly trace: Trace;
  /** Name of the sender. */
  readonly client: string;
  readonly process: Process;
  readonly rates: () => FaultRates;
}

/**
 * The way from one process to the API server. Requests take time, get lost, arrive late; what was sent arrives although
 * its sender died or lost patience.
 */
export class SimTransport implements KubeTransport {
  readonly #deps: SimTransportDeps;

  constructor(deps: SimTransportDeps) {
    this.#deps = deps;
  }

  request(request: KubeRequest): Promise<KubeResponse> {
    const { process, trace, client } = this.#deps;
    if (request.signal?.aborted) return Promise.reject(request.signal.reason);
    const isWatch = request.query?.watch !== undefined;
    if (trace.isKept && !isWatch && request.method !== "GET") trace.add(client, `sends ${labelOf(request)}`);
    if (!process.step()) return new Promise(() => undefined);
    return process.guard(isWatch ? this.#watch(request) : untilAborted(this.#carry(request), request.signal));
  }

  async #watch(request: KubeRequest): Promise<KubeResponse> {
    const { api, clock, fates, rates, process, partitions, client } = this.#deps;
    const stop = new AbortController();
    const forget = process.onKill(() => stop.abort(new Error("killed")));
    const abort = () => (forget(), stop.abort(request.signal?.reason));
    request.signal?.addEventListener("abort", abort, { once: true });
    const name = `${client} watch ${watchNameOf(request)}`;
    const { fate, upMs } = fates.journey(name, { rates: rates(), isWrite: false });
    await clock.sleep(upMs, request.signal);
    if (fate.kind === "refused" || partitions.isCut(client)) throw connectionError(request);
    const response = await api.request({ ...request, signal: stop.signal });
    const repeatEvery = fates.repeats(name, rates() !== noFaults);
    return relayWatch(response, { clock, isCut: () => partitions.isCut(client), repeatEvery });
  }

  async #carry(request: KubeRequest): Promise<KubeResponse> {
    const { clock, fates, rates, process, partitions, drag, client } = this.#deps;
    const isWrite = request.method !== "GET";
    const journey = fates.journey(`${client} ${request.method} ${request.path}`, { rates: rates(), isWrite });
    await clock.sleep(journey.upMs + drag.of(client));
    // A sender that died meanwhile had sent it, or not quite.
    if (!process.isAlive && journey.downMs < journey.upMs) return await new Promise(() => undefined);
    if (partitions.isCut(client)) return await this.#cut(request, journey);
    const response = await this.#arrive(request, journey);
    process.step();
    await clock.sleep(journey.downMs + drag.of(client));
    if (response !== "lost" && !partitions.isCut(client)) return response;
    throw connectionError(request);
  }

  /** Half of what is sent into a cut network fails at once, half is never heard of again. */
  #cut(request: KubeRequest, { upMs, downMs }: Journey): Promise<never> {
    return upMs < downMs ? Promise.reject(connectionError(request)) : new Promise(() => undefined);
  }

  async #arrive(request: KubeRequest, { fate, downMs }: Journey): Promise<KubeResponse | "lost"> {
    if (fate.kind !== "served") this.#note(fate.kind, request);
    switch (fate.kind) {
      case "served":
      case "twice":
        return await this.#forward(request);
      case "refused":
        return "lost";
      case "answer-lost":
        await this.#forward(request);
        return "lost";
      case "late":
        void this.#forwardLater(request, downMs + fate.lateMs);
        return "lost";
      case "silent":
        await this.#forwardLater(request, fate.lateMs);
        return await new Promise(() => undefined);
      case "status":
        if (fate.isDone) await this.#forward(request);
        return statusResponse(fate.status);
    }
  }

  async #forwardLater(request: KubeRequest, ms: number): Promise<void> {
    await this.#deps.clock.sleep(ms);
    if (request.method !== "GET") this.#note("arrives late", request);
    await this.#forward(request);
  }

  async #forward(request: KubeRequest): Promise<KubeResponse> {
    const { api, client, trace } = this.#deps;
    const { signal: _signal, ...unbound } = request;
    const response = await api.request(unbound);
    if (trace.isKept && request.method !== "GET") trace.add(client, `wrote ${labelOf(request)} → ${response.status}`);
    return response;
  }

  #note(what: string, request: KubeRequest): void {
    const { trace, client } = this.#deps;
    if (trace.isKept) trace.add(client, `✗ ${what}: ${labelOf(request)}`);
  }
}

function connectionError({ method, path }: KubeRequest): KubeConnectionError {
  return new KubeConnectionError(`${method} ${path}`, { cause: new Error("the simulated connection broke") });
}

function statusResponse(status: 409 | 429 | 500): KubeResponse {
  const reason = { 409: "Conflict", 429: "TooManyRequests", 500: "InternalError" }[status];
  const body = { kind: "Status", apiVersion: "v1", status: "Failure", code: status, reason, message: "simulated" };
  const headers = new Headers({ "content-type": "application/json", ...(status === 429 && { "retry-after": "1" }) });
  return { status, headers, body: new Response(JSON.stringify(body)).body };
}

/** Whoever gives up stops waiting; the request goes on. */
function untilAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work;
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    signal.addEventListener("abort", abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}
