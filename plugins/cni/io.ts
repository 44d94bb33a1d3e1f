/** Which network namespace a path means: two are the same when both numbers are. */
export interface NetnsIdentity {
  /** Device of the file; one for all namespaces of a kernel (nsfs). */
  readonly dev: number;
  readonly ino: number;
}

/** Everything a plugin sees of the process it is. */
export interface PluginIo {
  /** `undefined` for a variable that is not set. */
  getenv(name: string): string | undefined;
  /** All of stdin, read to its end. */
  readStdin(): Uint8Array;
  stdout(text: string): void;
  stderr(text: string): void;
  /** The namespace of the plugin itself. */
  ownNetns(): NetnsIdentity;
  /** What is at `path`: `undefined` when nothing is. */
  netnsAt(path: string): NetnsIdentity | undefined;
}
