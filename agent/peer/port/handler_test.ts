import assert from "node:assert/strict";
import type { HttpRequest } from "../../server/mod.ts";
import type { TurnedAway } from "../observer.ts";
import type { AuthStatus } from "./authenticator.ts";
import { peerHandler } from "./handler.ts";

const hello: HttpRequest = {
  method: "GET",
  path: "/peer/v1/hello",
  query: new URLSearchParams(),
  headers: new Map([["authorization", "Bearer x"]]),
  body: new Uint8Array(),
  keepAlive: true,
};

/** Says hello where the authenticator says `status`. @returns the answer's status, and why it was turned away */
async function saidHello(status: AuthStatus): Promise<readonly [number, readonly TurnedAway[]]> {
  const told: TurnedAway[] = [];
  const handle = peerHandler({
    authenticator: { isKnown: () => true, authenticate: () => Promise.resolve(status) },
    committer: { handle: () => Promise.resolve({ status: 200, body: "{}" }) },
    observer: { turnedAway: (reason) => void told.push(reason) },
  });
  const answer = await handle(hello, new AbortController().signal);
  return [answer.status, told];
}

const cases: readonly (readonly [AuthStatus, readonly TurnedAway[]])[] = [
  [200, []],
  [401, ["bad-token"]],
  [403, ["not-an-agent"]],
  [429, ["too-many-tokens"]],
  [503, ["token-not-reviewed"]],
];
for (const [status, want] of cases) {
  Deno.test(`agent 12: peerHandler() answers hello with ${status} and tells ${want[0] ?? "nothing"}`, async () => {
    assert.deepEqual(await saidHello(status), [status, want]);
  });
}
