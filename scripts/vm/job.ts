import { quote } from "../build/launcher.ts";
import { repository } from "../build/folders.ts";
import { GUEST_DENO_DIR } from "./deno_cache.ts";
import { GUEST_PROGRAMS } from "./programs.ts";

/** Where the virtual machine looks for what it has to do. */
export const JOB_PATH = "run/job";

/** Begins the line of the console that names the file whose tests come next. */
export const FILE_MARK = "file: ";

/**
 * Shell script that runs the tests of each of `paths` by itself in the virtual machine, and writes what came of them to
 * descriptor 3, as {@link file://./report.ts} reads it.
 *
 * @param options of `deno test`
 */
export function jobText(paths: readonly string[], options: readonly string[] = []): string {
  const env = {
    DENO_DIR: GUEST_DENO_DIR,
    SPIDERPOOL_TEST_BUILT: GUEST_PROGRAMS,
    NO_COLOR: "1",
    DENO_NO_UPDATE_CHECK: "1",
  };
  const exports = Object.entries(env).map(([name, value]) => `export ${name}=${quote(value)}`);
  const flags = ["-A", "--no-check", "--cached-only", "--junit-path=/run/report.xml", ...options];
  return [
    ...exports,
    `cd ${quote(repository)} || exit`,
    "one() {",
    `  echo "${FILE_MARK}$1"`,
    "  rm -f /run/report.xml",
    `  ${[Deno.execPath(), "test", ...flags].map(quote).join(" ")} "$1" 3>&-`,
    `  printf '\\036file %s %s\\n' "$1" "$?" >&3`,
    "  [ ! -e /run/report.xml ] || cat /run/report.xml >&3",
    "}",
    ...paths.map((path) => `one ${quote(path)}`),
    "printf '\\036end' >&3\n",
  ].join("\n");
}
