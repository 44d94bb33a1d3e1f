/** Versions of the CNI specification that all plugins here implement, oldest first. */
export const cniVersions = ["0.1.0", "0.2.0", "0.3.0", "0.3.1", "0.4.0", "1.0.0", "1.1.0"] as const;

/** What a config without a version means (CNI specification, "Network configuration"). */
export const DEFAULT_VERSION = "0.1.0";

/**
 * Compares two versions part by part as numbers: below 0 when `a` is older. Up to three parts, a missing one is 0;
 * text that is no version is older than every version.
 */
export function compareVersions(a: string, b: string): number {
  const left = partsOf(a);
  const right = partsOf(b);
  const differing = left.findIndex((part, i) => part !== right[i]);
  return differing === -1 ? 0 : (left[differing] ?? 0) - (right[differing] ?? 0);
}

function partsOf(version: string): [number, number, number] {
  const match = /^(\d{1,9})(?:\.(\d{1,9}))?(?:\.(\d{1,9}))?$/.exec(version === "" ? DEFAULT_VERSION : version);
  return match === null ? [-1, -1, -1] : [Number(match[1]), Number(match[2] ?? 0), Number(match[3] ?? 0)];
}
