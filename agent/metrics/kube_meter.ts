import { operationOf } from "../../crd/kube/counting.ts";
import type { KubeRequest, KubeResponse, KubeTransport } from "../../crd/kube/contract.ts";
import type { Monotonic } from "../peer/mod.ts";
import type { InstrumentsOf } from "./instruments.ts";
import type { clusterRows } from "./state_rows.ts";

/** A transport that may have connections to close. */
export type ClosableTransport = KubeTransport & { close?(): void };

/** What {@linkcode measuredTransport} counts with. */
export interface KubeMeters extends Pick<InstrumentsOf<typeof clusterRows>, "requests" | "seconds"> {
  readonly monotonic: Monotonic;
}

/** `transport`, whose requests are counted and timed until their answers begin. */
export function measuredTransport(transport: ClosableTransport, meters: KubeMeters): ClosableTransport {
  const { requests, seconds, monotonic } = meters;
  return {
    async request(request) {
      const what = labelsOf(request);
      const startedMs = monotonic();
      let code = "error";
      try {
        const response = await transport.request(request);
        code = codeOf(response);
        return response;
      } finally {
        requests.add({ ...what, code });
        if (what.verb !== "watch") seconds.observe({ verb: what.verb }, (monotonic() - startedMs) / 1000);
      }
    },
    close: () => transport.close?.(),
  };
}

/** What is no resource, such as `/readyz`, is one resource `other`: paths are not bounded. */
function labelsOf(request: KubeRequest): { readonly verb: string; readonly resource: string } {
  const [verb = "", resource = ""] = operationOf(request).split(" ", 2);
  return { verb, resource: resource.startsWith("/") ? "other" : resource };
}

function codeOf({ status }: KubeResponse): string {
  return status >= 100 && status <= 599 ? String(status) : "error";
}
