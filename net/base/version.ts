/** Version of this source tree; a test holds it against deno.json. */
export const packageVersion = "0.1.0";

const STAMP_PREFIX = "spiderpool-commit:";

/** What `deno task build` replaces in a bundle, once: the text after the colon becomes the commit. */
export const commitStamp = "spiderpool-commit:source";

/** Git commit this program was built from: hexadecimal digits, `source` when it was not built. */
export function commitOf(stamp: string): string {
  return stamp.slice(STAMP_PREFIX.length);
}

/** The answer to `--version`, one line: version, commit, Deno and V8. */
export function versionLine(program: string): string {
  const { deno, v8 } = Deno.version;
  return `${program} ${packageVersion} (commit ${commitOf(commitStamp)}, deno ${deno}, v8 ${v8})\n`;
}

/** Whether a command line asks for {@linkcode versionLine} and nothing else. */
export function asksForVersion(args: readonly string[]): boolean {
  return args.length === 1 && args[0] === "--version";
}
