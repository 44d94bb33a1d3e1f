/** Why probes could not be made. */
export type ProbeFailure = "no link" | "no carrier" | "cannot send" | "cannot receive" | "deadline";

/** The network could not be asked, so nothing is known about the addresses. */
export class ProbeError extends Error {
  override readonly name = "ProbeError";

  /** @param detail what happened, such as `the link has no carrier after 1000 ms` */
  constructor(readonly ifname: string, readonly reason: ProbeFailure, { detail, ...options }: ProbeErrorOptions) {
    super(`Cannot probe on ${ifname}: ${detail}`, options);
  }
}

/** More about a {@linkcode ProbeError}. */
export interface ProbeErrorOptions extends ErrorOptions {
  readonly detail: string;
}
