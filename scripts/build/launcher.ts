import { libraryFolder } from "../../plugins/install/names.ts";

/** A bundle is whole: nothing is looked up when it runs, which also makes it start faster. */
export const runFlags: readonly string[] = [
  "--no-config",
  "--no-lock",
  "--no-remote",
  "--no-npm",
  "--cached-only",
  "--no-prompt",
  "--quiet",
];

/** What a launcher starts; both files are in the library folder beside it. */
export interface Launch {
  /** File name of Deno. */
  readonly deno: string;
  /** File name of the bundle. */
  readonly script: string;
  /** Flags of `deno run`. */
  readonly permissions: readonly string[];
}

/**
 * A shell script that becomes `deno run`. It works wherever its folder is, also through a link to it, and with an empty
 * environment. It starts no other program before. What it names has its digest in the name, so replacing this one file
 * goes from one version to the next at once.
 *
 * Deno keeps compiled code in `cache`, which saves 5 ms of each start; where it cannot be written, nothing is kept.
 */
export function launcherText({ deno, script, permissions }: Launch): string {
  const flags = [...runFlags, ...permissions].map(quote).join(" ");
  return `#!/bin/sh
self=$0
[ ! -L "$self" ] || self=$(readlink -f "$self")
case $self in */*) lib=\${self%/*}/${libraryFolder} ;; *) lib=./${libraryFolder} ;; esac
DENO_DIR=$lib/cache DENO_NO_UPDATE_CHECK=1 NO_COLOR=1 exec "$lib"/${quote(deno)} run ${flags} "$lib"/${
    quote(script)
  } "$@"
`;
}

/** `text` as one word of a shell. */
export function quote(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
