/** What a test body looks like to these helpers. */
export type TestBody = (t: Deno.TestContext) => void | Promise<void>;

/**
 * Registers a test, or, where it cannot run, an ignored one whose name tells why: it is printed and counted as ignored,
 * never as passed.
 *
 * @param reason why the test cannot run here, `undefined` when it can; see {@linkcode firstReason}
 * @param test name and body, as {@linkcode Deno.test} takes them
 * @example
 * ```ts
 * testUnless(firstReason(needsRoot(), needsCommand("ip")), {
 *   name: "createVeth() makes both ends",
 *   fn() {},
 * });
 * ```
 */
export function testUnless(reason: string | undefined, test: { readonly name: string; readonly fn: TestBody }): void {
  if (reason === undefined) return Deno.test(test.name, test.fn);
  Deno.test({ name: `${test.name} (skipped: ${reason})`, ignore: true, fn: test.fn });
}

/** The first of `reasons` that is there, or `undefined`: nothing stands in the way. */
export function firstReason(...reasons: readonly (string | undefined)[]): string | undefined {
  return reasons.find((reason) => reason !== undefined);
}

/** A reason to skip unless this is Linux and the process runs as root. */
export function needsRoot(): string | undefined {
  if (Deno.build.os !== "linux") return "needs Linux";
  return Deno.uid() === 0 ? undefined : "needs root";
}

/** A reason to skip unless `command` is an executable file in a folder of `PATH`. */
export function needsCommand(command: string): string | undefined {
  const folders = (Deno.env.get("PATH") ?? "").split(":").filter((folder) => folder !== "");
  return folders.some((folder) => isExecutable(`${folder}/${command}`)) ? undefined : `needs the command ${command}`;
}

/** A reason to skip unless `path` exists; `what` names it for people, such as "the kernel headers". */
export function needsPath(path: string, what: string): string | undefined {
  try {
    Deno.statSync(path);
    return undefined;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return `needs ${what} (${path})`;
    throw error;
  }
}

function isExecutable(path: string): boolean {
  try {
    const { isFile, mode } = Deno.statSync(path);
    return isFile && ((mode ?? 0) & 0o111) !== 0;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) return false;
    if (error instanceof Deno.errors.PermissionDenied) return false;
    throw error;
  }
}
