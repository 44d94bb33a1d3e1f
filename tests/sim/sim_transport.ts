import type { KubeRequest, KubeResponse, KubeTransport } from "../../crd/kube/contract.ts";
import { KubeConnectionError } from "../../crd/kube/errors.ts";
import type { Dice } from "./dice.ts";
import { drawFate, drawLatency, type Fate, type FaultRates } from "./faults.ts";
import type { Process } from "./process.ts";
import type { SimClock } from "./sim_clock.ts";
import type { Trace } from "./trace.ts";

/** What a {@linkcode SimTransport} works with. */
export interface SimTransportDeps {
  /** The server itself. */
  readonly api: KubeTransport;
  /** Of the network: it goes on when the sender dies. */
  readonly clock: SimClock;
  readonly dice: Dice;
  readonly trace: Trace;
  /** Name of the sender, for the trace. */
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
    if (!isWatch && request.method !== "GET") trace.add(client, `sends ${labelOf(request)}`);
    if (!process.step()) return new Promise(() => undefined);
    return process.guard(isWatch ? this.#watch(request) : untilAborted(this.#carry(request), request.signal));
  }

  async #watch(request: KubeRequest): Promise<KubeResponse> {
    const { api, clock, dice, rates, process } = this.#deps;
    const stop = new AbortController();
    const forget = process.onKill(() => stop.abort(new Error("killed")));
    const abort = () => (forget(), stop.abort(request.signal?.reason));
    request.signal?.addEventListener("abort", abort, { once: true });
    await clock.sleep(drawLatency(rates(), dice), request.signal);
    if (drawFate(rates(), { dice, isWrite: false }).kind === "refused") throw connectionError(request);
    return await api.request({ ...request, signal: stop.signal });
  }

  async #carry(request: KubeRequest): Promise<KubeResponse> {
    const { clock, dice, rates, process } = this.#deps;
    const isWrite = request.method !== "GET";
    const fate = drawFate(rates(), { dice, isWrite });
    const survives = dice.chance(0.5);
    const [upMs, downMs] = [drawLatency(rates(), dice), drawLatency(rates(), dice)];
    await clock.sleep(upMs);
    if (!process.isAlive && !survives) return await new Promise(() => undefined);
    const response = await this.#arrive(request, fate, downMs);
    process.step();
    await clock.sleep(downMs);
    if (response === "lost") throw connectionError(request);
    return response;
  }

  async #arrive(request: KubeRequest, fate: Fate, downMs: number): Promise<KubeResponse | "lost"> {
    switch (fate.kind) {
      case "served":
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
    if (request.method !== "GET") this.#deps.trace.add(this.#deps.client, `late  ${labelOf(request)}`);
    await this.#forward(request);
  }

  async #forward(request: KubeRequest): Promise<KubeResponse> {
    const { api, client, trace } = this.#deps;
    const { signal: _signal, ...unbound } = request;
    const response = await api.request(unbound);
    if (request.method !== "GET") trace.add(client, `wrote ${labelOf(request)} → ${response.status}`);
    return response;
  }
}

function connectionError({ method, path }: KubeRequest): KubeConnectionError {
  return new KubeConnectionError(`${method} ${path}`, { cause: new Error("the simulated connection broke") });
}

function labelOf({ method, path, body }: KubeRequest): string {
  const short = path.split("/").filter((part) => part !== "" && !["apis", "api", "v1", "namespaces"].includes(part))
    .filter((part) => !part.includes("spidernet.io") && part !== "v2beta1").join("/");
  return `${method} ${short}${summaryOf(path, body)}`;
}

/** The version a pool's status is written over, and the addresses that are recorded then. */
function summaryOf(path: string, body: string | undefined): string {
  if (body === undefined || !path.endsWith("/status") || !path.includes("/spiderippools/")) return "";
  const { metadata, status } = JSON.parse(body);
  const records = Object.entries<{ podUid: string; nic?: string }>(JSON.parse(status.allocatedIPs ?? "{}"));
  const texts = records.map(([ip, { podUid, nic }]) => `${lastPart(ip)}=${podUid.slice(0, 4)}${nic ? `/${nic}` : ""}`);
  return ` @${metadata.resourceVersion} {${texts.join(" ")}}`;
}

function lastPart(ip: string): string {
  return ip.slice(ip.search(/[^.:]*$/));
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
