import assert from "node:assert/strict";
import { seededRandom } from "../../../net/base/random.ts";
import type { Json, JsonObject } from "../../apiserver/json.ts";
import { Choose } from "./choose.ts";
import { Memory } from "./memory.ts";
import { deleteCall } from "./reads.ts";

interface Case {
  readonly name: string;
  readonly finalizers: readonly string[];
  readonly blockOwnerDeletion: boolean;
  readonly isForegroundFine: boolean;
}

const cases: readonly Case[] = [
  {
    name: "not of an owner that stays, with a dependent that does not block it: it ends either way",
    finalizers: ["example.com/one"],
    blockOwnerDeletion: false,
    isForegroundFine: false,
  },
  {
    name: "of an owner that stays, with a dependent that blocks it",
    finalizers: ["example.com/one"],
    blockOwnerDeletion: true,
    isForegroundFine: true,
  },
  {
    name: "of an owner that goes at once",
    finalizers: [],
    blockOwnerDeletion: false,
    isForegroundFine: true,
  },
];

for (const { name, finalizers, blockOwnerDeletion, isForegroundFine } of cases) {
  Deno.test(`deleteCall() chooses foreground deletions ${name}`, () => {
    const memory = new Memory({ namespace: "ns", prefix: "w" });
    memory.learn(poolOf("w-a", { uid: "{{uid1}}", finalizers: [...finalizers] }));
    memory.learn(poolOf("w-b", { uid: "{{uid2}}", ownerReferences: [{ uid: "{{uid1}}", blockOwnerDeletion }] }));
    const [owner] = memory.seen;
    assert(owner !== undefined);
    const choose = new Choose(seededRandom(1));
    const policies = Array.from({ length: 200 }, () => {
      const { propagationPolicy } = (deleteCall(owner, { choose, memory }).body ?? {}) as { propagationPolicy?: Json };
      return propagationPolicy;
    });
    assert(policies.includes("Background"));
    assert.equal(policies.includes("Foreground"), isForegroundFine);
  });
}

function poolOf(name: string, metadata: JsonObject): JsonObject {
  return { apiVersion: "spiderpool.spidernet.io/v2beta1", kind: "SpiderIPPool", metadata: { name, ...metadata } };
}
