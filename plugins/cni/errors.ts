/** Error codes of the CNI specification, "Error". */
export const CniCode = {
  IncompatibleVersion: 1,
  UnsupportedField: 2,
  UnknownContainer: 3,
  BadEnvironment: 4,
  Io: 5,
  Decoding: 6,
  InvalidConfig: 7,
  SameNetns: 8,
  TryAgain: 11,
  NotAvailable: 50,
  LimitedConnectivity: 51,
  Internal: 999,
} as const;

/** A failure that the runtime is told: code, one line, and what else may help. */
export class CniError extends Error {
  override readonly name = "CniError";
  readonly details: string;

  /** @param code one of {@linkcode CniCode}, or 100 and above for a plugin's own */
  constructor(readonly code: number, message: string, { details = "", ...options }: CniErrorOptions = {}) {
    super(message, options);
    this.details = details;
  }
}

/** More about a {@linkcode CniError}. */
export interface CniErrorOptions extends ErrorOptions {
  readonly details?: string;
}

/**
 * The JSON that a failed plugin prints: 4 spaces, no newline at the end, no `details` where there are none.
 *
 * @param err anything that was thrown; what is no {@linkcode CniError} has code 999
 * @param cniVersion the config's version; the specification asks for it
 */
export function formatError(err: unknown, cniVersion: string): string {
  const { code, message, details } = err instanceof CniError
    ? err
    : { code: CniCode.Internal, message: err instanceof Error ? err.message : String(err), details: "" };
  return JSON.stringify({ cniVersion, code, msg: message, ...(details === "" ? {} : { details }) }, null, 4);
}
