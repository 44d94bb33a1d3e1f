import assert from "node:assert/strict";
import { fuzz, mutatedJson, returnsOrThrows } from "../../tests/shared/fuzz.ts";
import { spiderIPPools } from "../generated/mod.ts";
import { decodeMetadata, listDecoder, objectDecoder } from "./decode.ts";
import { compareResourceVersions } from "./resource_version.ts";

const pool = {
  apiVersion: "spiderpool.spidernet.io/v2beta1",
  kind: "SpiderIPPool",
  metadata: { name: "v4a", uid: "u", resourceVersion: "7", generation: 1, labels: { a: "b" } },
  spec: { subnet: "10.1.0.0/24" },
};

Deno.test("fuzz: an object is one with a name, or refused with a TypeError", async () => {
  const decode = objectDecoder(spiderIPPools);
  await fuzz((random) => mutatedJson(random, pool), (json) => {
    for (const decoder of [decode, decodeMetadata]) {
      const object = returnsOrThrows(() => decoder(json), [TypeError]);
      if (object === undefined) continue;
      const { name, resourceVersion, uid } = object.metadata;
      assert.ok(typeof name === "string" && name !== "");
      assert.ok([resourceVersion, uid].every((text) => text === undefined || typeof text === "string"));
    }
  });
});

Deno.test("fuzz: a list is one of objects with a version, or refused with a TypeError", async () => {
  const decode = listDecoder(objectDecoder(spiderIPPools));
  const list = { metadata: { resourceVersion: "9", continue: "x" }, items: [pool, pool] };
  await fuzz((random) => mutatedJson(random, list), (json) => {
    const read = returnsOrThrows(() => decode(json), [TypeError]);
    assert.ok(read === undefined || (typeof read.resourceVersion === "string" && Array.isArray(read.items)));
    compareResourceVersions(read?.resourceVersion, "9");
  });
});
