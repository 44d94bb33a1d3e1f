import type { Clock } from "../../net/base/clock.ts";
import type { Random } from "../../net/base/random.ts";
import type { Admission } from "./admission.ts";
import type { Registry } from "./registry.ts";
import type { Store } from "./store.ts";
import type { StoredVersion } from "./version.ts";

/** What every part of the server works on. */
export interface Core {
  readonly store: Store;
  readonly registry: Registry;
  readonly clock: Clock;
  readonly random: Random;
  readonly admission: Admission | undefined;
  /** Whether objects that were never applied have managed fields, too. */
  readonly ownsAlways: boolean;
  /** Milliseconds between bookmarks. */
  readonly bookmarkIntervalMs: number;
}

/** The CustomResourceDefinition that serves a custom resource. */
export function definitionOf(
  { store, registry }: Core,
  { group, plural }: { readonly group: string; readonly plural: string },
): StoredVersion | undefined {
  const definitions = registry.findStored({ group: "apiextensions.k8s.io", plural: "customresourcedefinitions" });
  return definitions && store.get(definitions, { name: `${plural}.${group}` });
}

/** The clock's time as Kubernetes writes it: RFC 3339, whole seconds, UTC. */
export function timestampOf(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}

/** A version 4 UUID from the injected generator. */
export function newUid(random: Random): string {
  const hex = Array.from({ length: 32 }, () => Math.floor(random() * 16));
  hex[12] = 4;
  hex[16] = 8 + ((hex[16] ?? 0) & 3);
  const text = hex.map((digit) => digit.toString(16)).join("");
  return [[0, 8], [8, 12], [12, 16], [16, 20], [20, 32]].map(([from, to]) => text.slice(from, to)).join("-");
}

/** Five characters as the real server appends to `generateName`. Source: apimachinery, `util/rand`. */
export function nameSuffix(random: Random): string {
  const alphabet = "bcdfghjklmnpqrstvwxz2456789";
  return Array.from({ length: 5 }, () => alphabet[Math.floor(random() * alphabet.length)]).join("");
}
