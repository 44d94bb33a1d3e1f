/** SHA-256 of `bytes`, in hexadecimal digits. */
export async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
}

/** A file is not what was expected. */
export class ChecksumError extends Error {
  override readonly name = "ChecksumError";
  constructor(readonly what: string, readonly expected: string, readonly actual: string) {
    super(`Cannot use ${what}: its SHA-256 is ${actual}, not ${expected}; remove it and get it again`);
  }
}

/** @throws {ChecksumError} if `bytes` do not have the digest `expected` */
export async function verify(bytes: Uint8Array<ArrayBuffer>, { what, expected }: Expectation): Promise<void> {
  const actual = await sha256(bytes);
  if (actual !== expected) throw new ChecksumError(what, expected, actual);
}

/** What {@linkcode verify} holds a file against. */
export interface Expectation {
  /** For people, such as a path. */
  readonly what: string;
  /** SHA-256 in hexadecimal digits. */
  readonly expected: string;
}
