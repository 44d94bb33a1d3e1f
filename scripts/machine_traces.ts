import { readProcess } from "./cluster/processes.ts";

/** What a test run could leave on the machine, by kind; each text tells one thing. */
export type MachineTraces = Readonly<Record<string, readonly string[]>>;

/** Where to look, and how to tell what is this run's: others may test on the same machine meanwhile. */
export interface TraceScope {
  /** Folder that is the TMPDIR of this run's tests, and of nobody else. */
  readonly temporary: string;
  /** Whether this process and the tests have mounts and names of network namespaces of their own: see own_mounts.ts. */
  readonly hasOwnMounts: boolean;
}

/**
 * Reads what tests may have made.
 *
 * Without mounts of its own a run has no rights to make namespaces, links or mounts: all there are, are somebody else's.
 */
export function readMachineTraces({ temporary, hasOwnMounts }: TraceScope): MachineTraces {
  const left = { process: processesOf({ temporary, hasOwnMounts }), "temporary file": namesIn(temporary) };
  if (!hasOwnMounts) return left;
  return {
    ...left,
    "network namespace": namesIn("/run/netns"),
    link: linkNames(),
    mount: linesOf("/proc/self/mountinfo").map((line) => line.split(" ")[4] ?? ""),
  };
}

/** What is there `after` and was not `before`: `link: veth12`. */
export function leftBehind(before: MachineTraces, after: MachineTraces): string[] {
  return Object.entries(after).flatMap(([kind, items]) => {
    const known = new Set(before[kind] ?? []);
    return items.filter((item) => !known.has(item)).map((item) => `${kind}: ${item}`);
  });
}

/** Processes that were given the tests' TMPDIR or see the mounts of this run, this one and its parents left out. */
function processesOf({ temporary, hasOwnMounts }: TraceScope): string[] {
  const own = new Set(ancestors(Deno.pid));
  const mounts = hasOwnMounts ? mountNamespaceOf("self") : undefined;
  return namesIn("/proc").filter((name) => /^[0-9]+$/.test(name) && !own.has(Number(name))).flatMap((pid) => {
    const variables = textOf(`/proc/${pid}/environ`).split("\0");
    const isOurs = variables.includes(`TMPDIR=${temporary}`) ||
      (mounts !== undefined && mountNamespaceOf(pid) === mounts);
    return isOurs ? [`${pid} ${textOf(`/proc/${pid}/cmdline`).replaceAll("\0", " ").trim().slice(0, 200)}`] : [];
  });
}

/** Such as `mnt:[4026531841]`; `undefined` if the process has ended or is not ours to look at. */
function mountNamespaceOf(pid: string): string | undefined {
  try {
    return Deno.readLinkSync(`/proc/${pid}/ns/mnt`);
  } catch {
    return undefined;
  }
}

/** Links of this network namespace, without the ends of pairs whose other end is in a namespace: those end with it. */
function linkNames(): string[] {
  const { success, stdout } = new Deno.Command("ip", { args: ["-j", "link"] }).outputSync();
  if (!success) throw new Error("Cannot list links: ip -j link failed");
  const links: unknown = JSON.parse(new TextDecoder().decode(stdout));
  if (!Array.isArray(links)) throw new TypeError("Cannot list links: ip -j link printed no list");
  return links.filter(isOwnLink).map(({ ifname }) => ifname).sort();
}

function isOwnLink(link: unknown): link is { readonly ifname: string } {
  return typeof link === "object" && link !== null && "ifname" in link && typeof link.ifname === "string" &&
    !("link_netnsid" in link);
}

function ancestors(pid: number): number[] {
  const parent = readProcess(pid)?.parent ?? 0;
  return parent === 0 ? [pid] : [pid, ...ancestors(parent)];
}

function linesOf(path: string): string[] {
  return textOf(path).split("\n").filter((line) => line !== "");
}

/** The text of a file; empty when it cannot be read: a process may have ended. */
function textOf(path: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return "";
  }
}

function namesIn(folder: string): string[] {
  try {
    return [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
  } catch (err) {
    if (err instanceof Deno.errors.NotFound) return [];
    throw err;
  }
}
