import type { NetnsIdentity, PluginIo } from "./io.ts";

/** A process that exists only in memory: environment, stdin and namespaces as given, what was written to read. */
export class FakeIo implements PluginIo {
  out = "";
  err = "";
  readonly #env: Readonly<Record<string, string>>;
  readonly #stdin: string;
  readonly #namespaces: ReadonlyMap<string, NetnsIdentity>;

  /** @param options `namespaces` by path; the plugin's own one is inode 1 of device 4 */
  constructor(
    { env = {}, stdin = "", namespaces = {} }: {
      env?: Readonly<Record<string, string>>;
      stdin?: string;
      namespaces?: Readonly<Record<string, NetnsIdentity>>;
    },
  ) {
    this.#env = env;
    this.#stdin = stdin;
    this.#namespaces = new Map(Object.entries(namespaces));
  }

  getenv = (name: string): string | undefined => this.#env[name];

  readStdin(): Uint8Array {
    return new TextEncoder().encode(this.#stdin);
  }

  stdout(text: string): void {
    this.out += text;
  }

  stderr(text: string): void {
    this.err += text;
  }

  ownNetns(): NetnsIdentity {
    return { dev: 4, ino: 1 };
  }

  netnsAt(path: string): NetnsIdentity | undefined {
    return this.#namespaces.get(path);
  }
}
