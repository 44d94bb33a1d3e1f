import { ERRNO, type ErrnoCode, errnoCode } from "../uapi/mod.ts";

/** What is asked of the kernel, in words for error messages. */
export interface Operation {
  /** A verb and a kind, such as `add route`. */
  readonly operation: string;
  /** The object, such as `10.0.0.0/8 in table 254`; empty for lists. */
  readonly target: string;
}

/** Why the kernel refused. */
export interface Refusal {
  /** Error number, above 0. */
  readonly errno: number;
  /** The kernel's own words (extended acknowledgement). */
  readonly kernelMessage?: string | undefined;
  /** Offset of the offending attribute in the request, netlink header included. */
  readonly attributeOffset?: number | undefined;
}

/** A request that the kernel refused. */
export class NetlinkError extends Error {
  override readonly name = "NetlinkError";
  readonly operation: string;
  readonly target: string;
  readonly errno: number;
  /** Name of `errno`, such as `EEXIST`. */
  readonly code: string;
  readonly kernelMessage: string | undefined;
  readonly attributeOffset: number | undefined;

  constructor({ operation, target }: Operation, { errno, kernelMessage, attributeOffset }: Refusal) {
    const code = errnoCode(errno);
    super(`${cannot({ operation, target })}: ${code}${kernelMessage === undefined ? "" : ` (${kernelMessage})`}`);
    this.operation = operation;
    this.target = target;
    this.errno = errno;
    this.code = code;
    this.kernelMessage = kernelMessage;
    this.attributeOffset = attributeOffset;
  }
}

/** A list that changed while the kernel sent it, each time it was asked for. */
export class DumpInterruptedError extends Error {
  override readonly name = "DumpInterruptedError";
  readonly operation: string;
  readonly target: string;

  /** @param attempts how often the list was asked for */
  constructor({ operation, target }: Operation, readonly attempts: number) {
    super(`${cannot({ operation, target })}: the list changed during each of ${attempts} attempts`);
    this.operation = operation;
    this.target = target;
  }
}

/** Tells whether `error` is a {@linkcode NetlinkError} with one of `codes`. */
export function isNetlinkError(error: unknown, ...codes: readonly ErrnoCode[]): error is NetlinkError {
  return error instanceof NetlinkError && codes.some((code) => ERRNO[code] === error.errno);
}

/**
 * Runs `action`, and gives `undefined` where the kernel answers with one of `codes`.
 *
 * @example
 * ```ts
 * unlessNetlinkError(["ESRCH"], () => nl.deleteRoute(route)); // gone already is fine
 * ```
 * @throws what `action` throws else
 */
export function unlessNetlinkError<T>(codes: readonly ErrnoCode[], action: () => T): T | undefined {
  try {
    return action();
  } catch (error) {
    if (isNetlinkError(error, ...codes)) return undefined;
    throw error;
  }
}

function cannot({ operation, target }: Operation): string {
  return target === "" ? `Cannot ${operation}` : `Cannot ${operation} ${target}`;
}
