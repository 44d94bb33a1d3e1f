import { join } from "node:path";
import { buildCache } from "../../scripts/build/folders.ts";
import { pinnedToolchains } from "../../scripts/build/pins.ts";

let reason: { readonly text: string | undefined } | undefined;

/** A reason to skip unless `deno compile` has a base binary here, or can get one. Asked once. */
export function needsToolchain(): string | undefined {
  reason ??= { text: findReason() };
  return reason.text;
}

function findReason(): string | undefined {
  if (Deno.env.get("DENORT_BIN")) return undefined;
  const pinned = pinnedToolchains[Deno.build.arch];
  if (pinned === undefined) return `needs DENORT_BIN: no base binary is known for ${Deno.build.arch}`;
  if (isThere(`denort-${pinned.denoVersion}-${Deno.build.arch}`)) return undefined;
  const missing = [pinned.base.package, pinned.deno.package].find((name) => !hasRegistry(name));
  return missing === undefined ? undefined : `needs a base binary: npm cannot get ${missing}`;
}

function isThere(name: string): boolean {
  try {
    return Deno.statSync(join(buildCache, name)).isFile;
  } catch (err) {
    if (err instanceof Deno.errors.NotFound) return false;
    throw err;
  }
}

function hasRegistry(name: string): boolean {
  try {
    return new Deno.Command("npm", { args: ["view", name, "version"], stdin: "null" }).outputSync().success;
  } catch (err) {
    if (err instanceof Deno.errors.NotFound) return false; // no npm
    throw err;
  }
}
