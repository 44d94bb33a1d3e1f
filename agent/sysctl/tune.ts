import type { SysctlParameter } from "./parameters.ts";

/** What became of one parameter. Values are what the kernel shows. */
export type SysctlOutcome =
  | { readonly kind: "set"; readonly key: string; readonly from: string; readonly to: number }
  /** It has the value already, or a higher one where that is as good. */
  | { readonly kind: "kept"; readonly key: string; readonly value: string }
  /** This kernel does not have it. */
  | { readonly kind: "missing"; readonly key: string }
  /** The kernel refused: most often `/proc/sys` is read-only, because the container is not privileged. */
  | { readonly kind: "refused"; readonly key: string; readonly value: string | undefined; readonly err: Error };

/** Access to `/proc/sys`, as {@linkcode readSysctl} and {@linkcode tryWriteSysctl} of `net/host`. */
export interface SysctlAccess {
  /** @returns `undefined` if there is no such parameter */
  read(key: string): string | undefined;
  /** @returns `false` if there is no such parameter */
  write(key: string, value: number): boolean;
}

/** What to do with a parameter that shows `current`. */
export function decideSysctl(
  { value, isLeast }: SysctlParameter,
  current: string | undefined,
): "missing" | "keep" | "write" {
  if (current === undefined) return "missing";
  const shown = /^-?\d+$/.test(current.trim()) ? Number(current) : NaN;
  return shown === value || (isLeast && shown > value) ? "keep" : "write";
}

/** Sets what differs. One that fails does not stop the others. */
export function tuneSysctls(parameters: readonly SysctlParameter[], access: SysctlAccess): SysctlOutcome[] {
  return parameters.map((parameter) => tune(parameter, access));
}

function tune(parameter: SysctlParameter, access: SysctlAccess): SysctlOutcome {
  const { key, value } = parameter;
  let current: string | undefined;
  try {
    current = access.read(key);
    switch (decideSysctl(parameter, current)) {
      case "keep":
        return { kind: "kept", key, value: current ?? "" };
      case "write":
        return access.write(key, value)
          ? { kind: "set", key, from: current ?? "", to: value }
          : { kind: "missing", key };
      case "missing":
        return { kind: "missing", key };
    }
  } catch (err) {
    if (!(err instanceof Error)) throw err;
    return { kind: "refused", key, value: current, err };
  }
}
