/** Parts of bodies. */
import { type Json, type JsonObject, objectOr } from "../../apiserver/json.ts";
import type { Choose } from "./choose.ts";
import type { Memory, Remembered } from "./memory.ts";

/** What parts are made from. */
export interface Context {
  readonly choose: Choose;
  readonly memory: Memory;
}

/** Labels; never none, for who owns an empty map is told differently. */
export function someLabels(choose: Choose): JsonObject {
  const app = choose.one(["web", "db"]);
  return { app, ...choose.some<Json>({ tier: choose.one(["front", "back"]) }) };
}

/** Finalizers; mostly none. */
export function someFinalizers(choose: Choose): Json[] {
  return choose.weighted<Json[]>([[4, []], [2, ["example.com/one"]], [1, ["example.com/one", "example.com/two"]]]);
}

/** An owner reference to an object that was seen, or to one that never was. */
export function someOwner({ choose, memory }: Context): JsonObject {
  const owners = memory.seen.filter(({ kind }) => kind.kind !== "Lease");
  const rest = choose.some<Json>({ controller: true, blockOwnerDeletion: choose.one([true, false]) });
  if (owners.length === 0) return { apiVersion: "v1", kind: "ConfigMap", name: "none", uid: "nobody", ...rest };
  const { kind, name, last } = choose.one(owners);
  const uid = choose.chance(0.9) ? objectOr(last?.metadata).uid ?? "nobody" : "nobody";
  return { apiVersion: kind.apiVersion, kind: kind.kind, name, uid, ...rest };
}

/** Metadata a client may set, without a name. */
export function someMetadata(context: Context): JsonObject {
  const { choose } = context;
  const finalizers = someFinalizers(choose);
  return {
    ...choose.some<Json>({ labels: someLabels(choose), annotations: { note: `${choose.below(5)}` } }),
    ...(finalizers.length === 0 || choose.chance(0.5) ? {} : { finalizers }),
    ...(choose.chance(0.12) ? { ownerReferences: [someOwner(context)] } : {}),
  };
}

/** A new object under the name of `target`. */
export function someObject(target: Remembered, context: Context): JsonObject {
  const { kind, name } = target;
  const { choose } = context;
  const content = choose.chance(0.12) ? kind.broken(choose) : kind.content(choose);
  return { apiVersion: kind.apiVersion, kind: kind.kind, metadata: { name, ...someMetadata(context) }, ...content };
}

/** A resourceVersion a client may send for `target`; `undefined`: none. */
export function someVersion(target: Remembered, choose: Choose): string | undefined {
  const latest = target.versions.at(-1);
  return choose.weighted<string | undefined>([
    [12, latest],
    [2, target.versions.length > 0 ? choose.one(target.versions) : undefined],
    [2, undefined],
    [0.3, "0"],
    [0.3, "99999999"],
    [0.3, "abc"],
    [0.2, ""],
  ]);
}

/** Options every write may have. */
export function someWriteQuery(choose: Choose): Record<string, string> {
  const odd = choose.chance(0.1)
    ? choose.one<Record<string, string>>([
      { dryRun: "All" },
      { dryRun: "All" },
      { dryRun: "Some" },
      { fieldValidation: "Ignore" },
      { fieldValidation: "Strict" },
      { fieldValidation: "Sometimes" },
    ])
    : {};
  return { fieldManager: choose.one(["one", "two"]), ...odd };
}
