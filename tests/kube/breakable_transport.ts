import type { KubeRequest, KubeResponse, KubeTransport } from "../../crd/kube/contract.ts";
import { operationOf } from "../../crd/kube/counting.ts";
import { KubeConnectionError } from "../../crd/kube/errors.ts";

/** What becomes of one request. */
export type Breakage =
  /** The process dies before the request is sent, or when its answer would come. */
  | "kill-before"
  | "kill-after"
  /** The connection breaks before the server sees the request, or after it did what was asked. */
  | "lose-before"
  | "lose-after";

/** A transport that notes its requests and breaks on request. */
export class BreakableTransport implements KubeTransport {
  /** All requests but watches, in the words of RBAC, such as `update spiderippools/status`. */
  readonly requests: string[] = [];
  /** Whether nothing listens at the API server's address. */
  isDown = false;
  /** Decides per request; `index` counts those in {@linkcode requests}. Watches are not asked for. */
  decide: ((operation: string, index: number) => Breakage | undefined) | undefined;
  readonly #transport: KubeTransport;
  readonly #death = Promise.withResolvers<void>();
  #isDead = false;

  constructor(transport: KubeTransport) {
    this.#transport = transport;
  }

  /** From now on nothing is sent and nothing comes back. */
  kill(): void {
    this.#isDead = true;
    this.#death.resolve();
  }

  /** Resolves when it is killed. */
  get killed(): Promise<void> {
    return this.#death.promise;
  }

  async request(request: KubeRequest): Promise<KubeResponse> {
    const operation = operationOf(request);
    const isWatch = operation.startsWith("watch ");
    const breakage = isWatch || this.#isDead ? undefined : this.decide?.(operation, this.requests.length);
    if (!isWatch && !this.#isDead) this.requests.push(operation);
    if (breakage === "kill-before") this.kill();
    if (this.#isDead) return await never(request);
    if (this.isDown || breakage === "lose-before") throw lost(request);
    const response = await this.#transport.request(request);
    if (breakage === "kill-after") this.kill();
    if (this.#isDead) return await never(request);
    if (breakage !== "lose-after") return response;
    await response.body?.cancel();
    throw lost(request);
  }

  /** How many requests were `operation`. */
  count(operation: string): number {
    return this.requests.filter((request) => request === operation).length;
  }
}

function lost({ method, path }: KubeRequest): KubeConnectionError {
  return new KubeConnectionError(`${method} ${path}`, { cause: new Error("connection refused") });
}

function never({ signal }: KubeRequest): Promise<never> {
  return new Promise((_, reject) => signal?.addEventListener("abort", () => reject(signal.reason), { once: true }));
}
