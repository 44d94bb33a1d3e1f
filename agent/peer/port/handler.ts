import { HttpError, type HttpHandler, type HttpResponse, problem, type RequestHead } from "../../server/mod.ts";
import type { PeerAnswer, PeerMessage } from "../contract.ts";
import type { PeerObserver, TurnedAway } from "../observer.ts";
import type { Authenticator, AuthStatus } from "./authenticator.ts";
import { operationOf } from "./paths.ts";

/** What stands behind the port. */
export interface PeerHandlerDeps {
  readonly committer: { handle(message: PeerMessage, signal: AbortSignal): Promise<PeerAnswer> };
  readonly authenticator: Pick<Authenticator, "isKnown" | "authenticate">;
  /** @default nobody is told */
  readonly observer?: Pick<PeerObserver, "turnedAway"> | undefined;
}

/** Why somebody may not say hello. */
const authReasons: Readonly<Record<Exclude<AuthStatus, 200>, TurnedAway>> = {
  401: "bad-token",
  403: "not-an-agent",
  429: "too-many-tokens",
  503: "token-not-reviewed",
};

/**
 * Refuses a request by its head. Whoever is not known yet may only say hello, which has no body: so a stranger makes
 * this process neither read nor hold anything.
 */
export function admitPeer(
  { authenticator, observer }: Pick<PeerHandlerDeps, "authenticator" | "observer">,
): (head: RequestHead) => void {
  return function admit({ method, path, headers }) {
    switch (operationOf({ method, path })) {
      case undefined:
        observer?.turnedAway("no-such-operation");
        throw new HttpError(404, `Cannot serve ${method} ${path.slice(0, 80)}: there is no such operation here`);
      case "hello":
        if ((headers.get("content-length") ?? "0") === "0" && !headers.has("transfer-encoding")) return;
        observer?.turnedAway("hello-with-body");
        throw new HttpError(413, "Cannot read hello: it has a body");
      case "commit":
        if (authenticator.isKnown(headers.get("authorization"))) return;
        observer?.turnedAway("not-greeted");
        throw new HttpError(401, "Cannot take a message of somebody who has not said hello with a good token");
    }
  };
}

/** Answers requests that {@linkcode admitPeer} let in. */
export function peerHandler({ committer, authenticator, observer }: PeerHandlerDeps): HttpHandler {
  return async function handle(request, signal) {
    const operation = operationOf(request);
    if (operation === undefined) return problem(404, { message: "Cannot serve: there is no such operation here" });
    if (operation === "hello") {
      const status = await authenticator.authenticate(request.headers.get("authorization"));
      if (status !== 200) {
        observer?.turnedAway(authReasons[status]);
        return problem(status, { message: `Cannot say hello: the token is not an agent's` });
      }
    }
    return responseOf(await committer.handle({ operation, body: textOf(request.body) }, signal));
  };
}

function responseOf({ status, body }: PeerAnswer): HttpResponse {
  return { status, body };
}

/** What is no UTF-8 becomes text that is no JSON, or none that anybody has as a name. */
function textOf(body: Uint8Array): string {
  return new TextDecoder().decode(body);
}
