import assert from "node:assert/strict";
import { refuses, waitsFor } from "../../crd/ipam/fake_pool_store.ts";
import type { Asked } from "./asked.ts";
import { answers, losesMessage, refusesConnection } from "./fake_network.ts";
import {
  type HandedOverOutcome,
  handedOverOutcomeOf,
  type PeerObserver,
  type ServedOutcome,
  servedOutcomeOf,
} from "./observer.ts";
import type { PeerOutcome } from "./commit_answer.ts";
import { peerCluster, ranked, three, TIMEOUT_MS } from "./peer_fixture.ts";

const asked: readonly (readonly [Asked, HandedOverOutcome | undefined])[] = [
  [{ kind: "done", outcome: { kind: "none" } }, "done"],
  [{ kind: "refused" }, "refused"],
  [{ kind: "busy" }, "late"],
  [{ kind: "failed", epoch: "e", isLate: true }, "late"],
  [{ kind: "failed", epoch: "e", isLate: false }, "failed"],
  [{ kind: "unknown", epoch: "e", untilMs: 1 }, "unknown"],
  [{ kind: "gone" }, undefined],
  [{ kind: "short" }, undefined],
];
for (const [end, want] of asked) {
  Deno.test(`handedOverOutcomeOf() counts ${JSON.stringify(end)} as ${want ?? "nothing: nobody was asked"}`, () => {
    assert.equal(handedOverOutcomeOf(end), want);
  });
}

const outcomes: readonly (readonly [PeerOutcome, ServedOutcome])[] = [
  [{ kind: "none" }, "done"],
  [{ kind: "stale" }, "done"],
  [{ kind: "released", addresses: [] }, "done"],
  [{ kind: "failed", reason: "no", isLate: false }, "failed"],
  [{ kind: "failed", reason: "no", isLate: true }, "late"],
];
for (const [outcome, want] of outcomes) {
  Deno.test(`servedOutcomeOf() counts ${JSON.stringify(outcome)} as ${want}`, () => {
    assert.equal(servedOutcomeOf(outcome), want);
  });
}

/** An observer that writes down what it is told of requests. */
function noteInto(lines: string[]): PeerObserver {
  return {
    answered() {},
    turnedAway: (reason) => void lines.push(`turned away ${reason}`),
    served: (kind, outcome) => void lines.push(`served ${kind} ${outcome}`),
    handedOver: (kind, outcome) => void lines.push(`handed over ${kind} ${outcome}`),
    fellBack: (kind) => void lines.push(`fell back ${kind}`),
  };
}

/** Three agents whose last knows the others already, and what each was told since. */
async function toldCluster() {
  const told = new Map(three.map((node): [string, string[]] => [node, []]));
  const cluster = await peerCluster(three, { observers: (node) => noteInto(told.get(node)!) });
  const [first, second, last] = ranked(cluster.rank);
  await cluster.drive(last.claim("known"));
  for (const lines of told.values()) lines.splice(0);
  return { ...cluster, first, second, last, of: (agent: { node: string }) => told.get(agent.node) };
}

Deno.test("PeerObserver: a claim and a release that another agent carries out are told at both ends", async () => {
  const { drive, first, second, last, of } = await toldCluster();
  await drive(last.claim("u"));
  await drive(last.release("u"));
  assert.deepEqual(of(last), ["handed over claim done", "handed over release done"]);
  assert.deepEqual(of(first), ["served claim done", "served release done"]);
  assert.deepEqual(of(second), []);
});

Deno.test("PeerObserver: what this agent should write by itself is nobody else's", async () => {
  const { drive, first, of } = await toldCluster();
  await drive(first.claim("u"));
  assert.deepEqual(of(first), []);
});

for (const [name, hop] of [["refuses the connection", refusesConnection], ["answers 503", answers(503)]] as const) {
  Deno.test(`PeerObserver: everybody ${name}: the request is refused twice, then done here`, async () => {
    const { drive, first, second, last, network, of } = await toldCluster();
    await drive(last.claim("v")); // whoever is first is known; the second is greeted when it is asked
    for (const { node } of [first, second]) network.always(node, hop);
    await drive(last.claim("u"));
    const refused = "handed over claim refused";
    assert.deepEqual(of(last), ["handed over claim done", refused, refused, "fell back claim"]);
  });
}

Deno.test("PeerObserver: a peer that dies under way leaves a request unknown, which is done here", async () => {
  const { drive, first, last, network, of } = await toldCluster();
  network.always(first.node, losesMessage);
  await drive(last.claim("u"));
  assert.deepEqual(of(last), ["handed over claim unknown", "fell back claim"]);
});

Deno.test("PeerObserver: a peer that lives and is late is told as late, at both ends", async () => {
  const { drive, first, last, store, clock, of } = await toldCluster();
  const gate = Promise.withResolvers<void>();
  store.fail("write", waitsFor(gate.promise));
  void first.claim("busy"); // its write is in front
  await clock.run(0);
  const claimed = last.claim("u");
  await clock.run(1.2 * TIMEOUT_MS);
  gate.resolve();
  await drive(claimed);
  assert.deepEqual(of(first), ["served claim late", "served claim done"]);
  assert.deepEqual(of(last), ["handed over claim late", "handed over claim done"]);
});

Deno.test("PeerObserver: a peer whose write fails for another reason than time is told as failed", async () => {
  const { drive, first, last, store, of } = await toldCluster();
  store.fail("write", ...Array.from({ length: 4 }, () => refuses(403)));
  await drive(last.claim("u"));
  assert.ok(of(first)?.includes("served claim failed"), String(of(first)));
  assert.ok(of(last)?.includes("handed over claim failed"), String(of(last)));
});
