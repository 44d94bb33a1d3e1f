import type { KubeRequest, KubeResponse, KubeTransport } from "../../crd/kube/contract.ts";

/** Looks at a request before it is sent; answers it itself, or returns nothing to let it pass. */
export type Intercept = (request: KubeRequest) => Promise<KubeResponse | void> | KubeResponse | void;

/** A transport on which `intercept` has the first word. */
export function interceptingTransport(transport: KubeTransport, intercept: Intercept): KubeTransport {
  return {
    async request(request) {
      return await intercept(request) ?? await transport.request(request);
    },
  };
}

/** An error answer in the words of an API server. */
export function statusAnswer(code: number, { reason, message }: { reason: string; message: string }): KubeResponse {
  const status = { kind: "Status", apiVersion: "v1", metadata: {}, status: "Failure", reason, message, code };
  const { body } = new Response(JSON.stringify(status));
  return { status: code, headers: new Headers({ "content-type": "application/json" }), body };
}
