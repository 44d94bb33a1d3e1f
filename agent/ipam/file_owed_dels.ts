import { existsSync } from "node:fs";
import type { Clock } from "../../net/base/clock.ts";
import type { Log } from "../../net/base/log.ts";
import { decodeOwed, MAX_OWED, MAX_OWED_BYTES, OWED_SUFFIX, OWED_TEMPORARY, owedNameOf } from "../api/mod.ts";
import type { IpamDelArgs } from "../api/types.ts";
import type { OwedDel, OwedDels } from "./owed_dels.ts";

/** A temporary file this old, in milliseconds, belongs to a plugin that was killed while it wrote. */
const TEMPORARY_MS = 60_000;

/** What {@linkcode FileOwedDels} is made of. */
export interface FileOwedDelsOptions {
  /** The time of files is the system's. */
  readonly clock: Pick<Clock, "now">;
  readonly log: Log;
}

/** The notes as plugins leave them: files in a folder beside the socket, which need not be there. */
export class FileOwedDels implements OwedDels {
  readonly #folder: string;
  readonly #clock: Pick<Clock, "now">;
  readonly #log: Log;
  /** What was reported and could not be removed. */
  readonly #reported = new Set<string>();

  constructor(folder: string, { clock, log }: FileOwedDelsOptions) {
    this.#folder = folder;
    this.#clock = clock;
    this.#log = log;
  }

  async list(): Promise<readonly OwedDel[]> {
    const dels: OwedDel[] = [];
    for (const { name } of await this.#files()) {
      if (name.endsWith(OWED_TEMPORARY)) await this.#dropStale(name);
      else if (!this.#reported.has(name)) dels.push(...await this.#read(name));
    }
    return dels;
  }

  has({ name }: Pick<OwedDel, "name">): boolean {
    try {
      return Deno.lstatSync(this.#pathOf(name)).isFile;
    } catch (err) {
      if (err instanceof Deno.errors.NotFound) return false;
      throw err;
    }
  }

  remove({ name }: Pick<OwedDel, "name">): void {
    try {
      Deno.removeSync(this.#pathOf(name));
    } catch (err) {
      if (!(err instanceof Deno.errors.NotFound)) throw err;
    }
  }

  void(attachment: Pick<IpamDelArgs, "containerID" | "ifName">): void {
    try {
      const name = owedNameOf(attachment);
      if (existsSync(this.#pathOf(name))) this.remove({ name }); // each ADD asks: that Deno throws NotFound takes ten times as long
    } catch (err) {
      if (err instanceof RangeError) return; // has no note: its name would be too long
      this.#log.warn("cannot take an owed DEL away whose attachment is made anew", { ...attachment, err });
    }
  }

  async count(): Promise<number> {
    return (await this.#files()).filter(({ name }) => name.endsWith(OWED_SUFFIX)).length;
  }

  /** Plugins write no more than so many; others that may be there do not count. */
  async #files(): Promise<readonly Deno.DirEntry[]> {
    const files: Deno.DirEntry[] = [];
    try {
      for await (const entry of Deno.readDir(this.#folder)) if (files.push(entry) > 2 * MAX_OWED) break;
    } catch (err) {
      if (!(err instanceof Deno.errors.NotFound)) throw err;
    }
    return files;
  }

  async #dropStale(name: string): Promise<void> {
    const { mtime } = await Deno.lstat(this.#pathOf(name)).catch(absent);
    if (mtime === null || this.#clock.now() - mtime.getTime() < TEMPORARY_MS) return;
    this.remove({ name });
  }

  async #read(name: string): Promise<OwedDel[]> {
    const path = this.#pathOf(name);
    try {
      const { isFile, size } = await Deno.lstat(path);
      if (!isFile) throw new TypeError(`Cannot read ${path}: it is no file`);
      if (size > MAX_OWED_BYTES) throw new RangeError(`Cannot read ${path}: ${size} bytes are too many`);
      const args = decodeOwed(await Deno.readFile(path));
      if (owedNameOf(args) !== name) throw new RangeError(`Cannot use ${path}: it is about another attachment`);
      return [{ name, args }];
    } catch (err) {
      if (!(err instanceof Deno.errors.NotFound)) this.#dropBroken(name, err); // else taken away meanwhile
      return [];
    }
  }

  /** Reports what is no note, and removes it: there is nothing to learn from it but what is said here. */
  #dropBroken(name: string, err: unknown): void {
    this.#log.error("dropped the note of an owed DEL that cannot be read", { path: this.#pathOf(name), err });
    try {
      this.remove({ name });
    } catch (err) {
      this.#reported.add(name);
      this.#log.error("cannot remove the note of an owed DEL that cannot be read", { path: this.#pathOf(name), err });
    }
  }

  #pathOf(name: string): string {
    return `${this.#folder}/${name}`;
  }
}

/** The plugin has renamed it. */
function absent(err: unknown): { readonly mtime: null } {
  if (err instanceof Deno.errors.NotFound) return { mtime: null };
  throw err;
}
