/** The API server of a cluster, reached from the host. */
import { type HttpTransport, kubeconfigTransport } from "../../crd/kube/mod.ts";
import { systemClock } from "../../net/base/clock.ts";
import { call } from "../../tests/kube/call.ts";

/** Opens the API server that a kubeconfig leads to. */
export async function openApi(kubeconfig: string): Promise<ApiAccess> {
  return new ApiAccess(await kubeconfigTransport(kubeconfig, { clock: systemClock, userAgent: "spiderpool-test-bed" }));
}

/** An open way to the API server. */
export class ApiAccess implements Disposable {
  constructor(readonly transport: HttpTransport) {}

  /**
   * Why the API server cannot be used; `undefined`: it can.
   *
   * @param options.needsAccounts whether Pods are to be created: they need the service account that a controller makes
   */
  async whyNotReady({ needsAccounts = false }: { readonly needsAccounts?: boolean } = {}): Promise<string | undefined> {
    const needed = ["/readyz", "/api/v1/namespaces/default"];
    if (needsAccounts) needed.push("/api/v1/namespaces/default/serviceaccounts/default");
    for (const path of needed) {
      const status = await this.#statusOf(path);
      if (status !== "200") return `${path} answers ${status}`;
    }
    return undefined;
  }

  /** Reads a list. @throws {Error} if the answer is none */
  async list(path: string): Promise<readonly unknown[]> {
    const { status, json } = await call(this.transport, { method: "GET", path });
    const items: unknown = typeof json === "object" && json !== null && "items" in json ? json.items : undefined;
    if (status !== 200 || !Array.isArray(items)) throw new Error(`Cannot list ${path}: HTTP ${status}`);
    return items;
  }

  /**
   * Creates an object, or changes it to be like this: a server-side apply.
   *
   * @param path of the object itself
   * @throws {Error} if the API server refuses
   */
  async apply(path: string, object: unknown): Promise<void> {
    const query = { fieldManager: "test-bed", force: "true" };
    const request = {
      method: "PATCH",
      path,
      query,
      body: object,
      contentType: "application/apply-patch+yaml",
    } as const;
    const { status, json } = await call(this.transport, request);
    if (status !== 200 && status !== 201) {
      throw new Error(`Cannot apply ${path}: HTTP ${status}: ${JSON.stringify(json)}`);
    }
  }

  [Symbol.dispose](): void {
    this.transport[Symbol.dispose]();
  }

  async #statusOf(path: string): Promise<string> {
    try {
      return String((await call(this.transport, { method: "GET", path })).status);
    } catch (err) {
      return err instanceof Error ? err.message : String(err); // not listening yet, or not any more
    }
  }
}
