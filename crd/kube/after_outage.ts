import { fullJitter } from "../../net/base/backoff.ts";
import { type Clock, steadyNow } from "../../net/base/clock.ts";
import type { Random } from "../../net/base/random.ts";
import { discard } from "./body.ts";
import type { KubeRequest, KubeResponse, KubeTransport } from "./contract.ts";
import { KubeConnectionError, KubeTimeoutError } from "./errors.ts";

/** How long after the last request without an answer a 403 is not believed, in milliseconds. kube-apiserver 1.34 needs some 700. */
const DOUBT_MS = 10_000;

/** Pauses between tries, in milliseconds: at least, and a random part of what grows to as much as that. */
const LEAST_PAUSE_MS = 50;
const PAUSE = { baseMs: 100, capMs: 1_000 };

/** Options of {@linkcode patientAfterOutage}. */
export interface AfterOutageOptions {
  readonly clock: Clock;
  readonly random: Random;
}

/**
 * A transport that asks again when a server that was away a moment ago forbids something: kube-apiserver answers before it
 * has read its roles and bindings, and until then it forbids everything (403). What is forbidden was not done, so this
 * holds for every verb. The request's signal ends the wait.
 *
 * Source: kubernetes/kubernetes, RBAC authorizer: its rules come from informers, which start with the server.
 */
export function patientAfterOutage(transport: KubeTransport, { clock, random }: AfterOutageOptions): KubeTransport {
  let doubtedUntil = -Infinity;
  const ask = async (request: KubeRequest, tries: number) => {
    try {
      return await transport.request(request);
    } catch (err) {
      if (isOutage(err, tries)) doubtedUntil = steadyNow(clock) + DOUBT_MS;
      throw err;
    }
  };
  return {
    async request(request): Promise<KubeResponse> {
      for (let tries = 0;; tries++) {
        const response = await ask(request, tries);
        if (response.status !== 403 || steadyNow(clock) >= doubtedUntil) return response;
        discard(response.body);
        await clock.sleep(LEAST_PAUSE_MS + fullJitter(tries, { ...PAUSE, random }), request.signal);
      }
    },
  };
}

/** A caller's time that is up after an answer, be it a 403, tells of no outage: else it would be doubted for ever. */
function isOutage(err: unknown, tries: number): boolean {
  return err instanceof KubeConnectionError || (tries === 0 && err instanceof KubeTimeoutError);
}
