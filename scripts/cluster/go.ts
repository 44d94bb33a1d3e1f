/**
 * Finds a Go that is new enough. An old one, such as a distribution's, fetches a newer one as the module `golang.org/toolchain`, checked by Go's
 * checksum database; newer Go does the same by itself, when it is told to. Source: go.dev/doc/toolchain.
 */
import { run } from "./command.ts";

/** Oldest Go that builds the programs. */
const OLDEST_MINOR = 24;

/** Go that an older one fetches. */
const FETCHED_VERSION = "go1.24.13";

/** First Go that switches to another version when `GOTOOLCHAIN` says so. */
const SWITCHING_MINOR = 21;

/** Where Go is looked for: in `PATH`, and where its own installer puts it. */
const places = ["go", "/usr/local/go/bin/go"];

/** How to get a Go that is new enough. */
export type GoPlan =
  /** There is none at all. */
  | { readonly kind: "none" }
  /** The installed one will do, perhaps with `GOTOOLCHAIN` set. */
  | { readonly kind: "use"; readonly program: string; readonly version: string; readonly toolchain: string }
  /** The installed one fetches a newer one. */
  | { readonly kind: "fetch"; readonly program: string; readonly version: string };

/** A Go that is new enough. */
export interface Go {
  readonly program: string;
  /** Such as `go1.26.8`. */
  readonly version: string;
  /** To be set when it runs. */
  readonly env: Readonly<Record<string, string>>;
}

/** Decides about the Go at `program`. @param version what it says of itself, such as `go1.19.8` */
export function planGo(program: string, version: string): GoPlan {
  const minor = Number(/^go1\.(\d+)/.exec(version)?.[1] ?? 0);
  if (minor >= OLDEST_MINOR) return { kind: "use", program, version, toolchain: "local" };
  if (minor >= SWITCHING_MINOR) return { kind: "use", program, version: FETCHED_VERSION, toolchain: FETCHED_VERSION };
  return { kind: "fetch", program, version: FETCHED_VERSION };
}

/** Looks for Go on this machine. Fetches nothing. */
export async function findGo(): Promise<GoPlan> {
  for (const program of places) {
    const version = await tryVersion(program);
    if (version !== undefined) return planGo(program, version);
  }
  return { kind: "none" };
}

/**
 * Does as `plan` says.
 *
 * @throws {Error} if there is no Go
 * @throws {ToolError} with Go's own words if a newer one cannot be fetched
 */
export async function provideGo(plan: GoPlan): Promise<Go> {
  switch (plan.kind) {
    case "none":
      throw new Error(
        "Cannot build the programs of the test bed: there is no Go; install Debian's golang-go, or Go 1.24 or newer",
      );
    case "use":
      return { program: plan.program, version: plan.version, env: { GOTOOLCHAIN: plan.toolchain } };
    case "fetch":
      return { program: await fetchGo(plan.program), version: plan.version, env: { GOTOOLCHAIN: "local" } };
    default:
      return plan satisfies never;
  }
}

async function tryVersion(program: string): Promise<string | undefined> {
  try {
    return (await run([program, "env", "GOVERSION"], { env: { GOTOOLCHAIN: "local" }, cwd: "/" })).trim();
  } catch (err) {
    if (err instanceof Deno.errors.NotFound) return undefined;
    throw err;
  }
}

/** Gets a newer Go into the module cache. @returns the path of its program */
async function fetchGo(program: string): Promise<string> {
  const arch = Deno.build.arch === "aarch64" ? "arm64" : "amd64";
  const module = `golang.org/toolchain@v0.0.1-${FETCHED_VERSION}.linux-${arch}`;
  const folder = folderOf(await run([program, "mod", "download", "-json", module], { cwd: "/", env: { GOFLAGS: "" } }));
  const tools = [...Deno.readDirSync(`${folder}/pkg/tool`)].map(({ name }) => `${folder}/pkg/tool/${name}`);
  for (const path of [`${folder}/bin`, ...tools]) {
    for (const { name } of Deno.readDirSync(path)) await Deno.chmod(`${path}/${name}`, 0o555); // modules have no executables
  }
  return `${folder}/bin/go`;
}

/** @param json what `go mod download -json` printed */
function folderOf(json: string): string {
  const answer: unknown = JSON.parse(json);
  const folder: unknown = typeof answer === "object" && answer !== null && "Dir" in answer ? answer.Dir : undefined;
  if (typeof folder === "string") return folder;
  throw new Error(`Cannot fetch Go: its answer names no folder: ${json.trim()}`);
}
