import { ToolError } from "../../tests/shared/run_tool.ts";
import { runTool } from "../../tests/shared/run_tool.ts";

/** Whether the demo can run here, and how. */
export type Ability =
  | { readonly kind: "able" }
  /** Not root, but in namespaces of its own this user may do all that is needed. */
  | { readonly kind: "needs-namespaces" }
  | { readonly kind: "unable"; readonly missing: readonly string[] };

/** Set in the process that runs inside its own namespaces. */
const INSIDE = "SPIDERPOOL_DEMO_INSIDE";

const OWN_NAMESPACES = ["--user", "--map-root-user", "--net", "--mount"];

/** Looks whether this user may make network namespaces, and whether the files are there that the demo executes. */
export function isAble(files: readonly string[]): Ability {
  const missing = files.filter((file) => !exists(file)).map((file) =>
    `${file} is missing: install Debian's containernetworking-plugins`
  );
  for (const tool of ["ip", "ping", "nsenter", "unshare"]) {
    if (!works(tool, tool === "ip" || tool === "ping" ? ["-V"] : ["--version"])) {
      missing.push(`the command ${tool} is missing`);
    }
  }
  const isRoot = Deno.uid() === 0 && works("unshare", ["--net", "true"]);
  const mayUnshare = isRoot || works("unshare", [...OWN_NAMESPACES, "true"]);
  if (!mayUnshare) {
    missing.push("neither root nor user namespaces: run it as root, or allow them (sysctl user.max_user_namespaces)");
  }
  if (missing.length > 0) return { kind: "unable", missing };
  return { kind: isRoot ? "able" : "needs-namespaces" };
}

/**
 * Runs the same command again in user, network and mount namespaces of its own, where it is root.
 *
 * @returns its exit code
 */
export async function enterOwnNamespaces(args: readonly string[]): Promise<number> {
  if (Deno.env.get(INSIDE) !== undefined) {
    throw new Error("Cannot make network namespaces: not even in a user namespace of its own");
  }
  const script = 'mount -t tmpfs tmpfs /run && ip link set lo up && exec "$@"';
  const main = new URL("../demo.ts", import.meta.url).pathname;
  const deno = [Deno.execPath(), "run", "--cached-only", "-A", main, ...args];
  const child = new Deno.Command("unshare", {
    args: [...OWN_NAMESPACES, "sh", "-c", script, "sh", ...deno],
    env: { [INSIDE]: "1" },
  }).spawn();
  for (const signal of ["SIGINT", "SIGTERM"] as const) Deno.addSignalListener(signal, () => undefined); // the child's
  return (await child.status).code;
}

function works(command: string, args: readonly string[]): boolean {
  try {
    runTool(command, args);
    return true;
  } catch (err) {
    if (err instanceof ToolError || err instanceof Deno.errors.NotFound) return false;
    throw err;
  }
}

function exists(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch (err) {
    if (err instanceof Deno.errors.NotFound) return false;
    throw err;
  }
}
