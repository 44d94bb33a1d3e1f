/** What a test run could leave on the machine, by kind; each text tells one thing. */
export type MachineTraces = Readonly<Record<string, readonly string[]>>;

/** Where to look. */
export interface TraceScope {
  /** Folder that is the tests' TMPDIR: what carries its name is theirs. */
  readonly temporary: string;
  /** The checkout. */
  readonly root: string;
}

/** Reads processes, namespaces, links, mounts and temporary files that tests may have made. */
export function readMachineTraces({ temporary, root }: TraceScope): MachineTraces {
  return {
    process: processesOf({ temporary, root }),
    "network namespace": namesIn("/run/netns"),
    link: namesIn("/sys/class/net"),
    mount: linesOf("/proc/self/mountinfo").map((line) => line.split(" ")[4] ?? "")
      .filter((path) => path.startsWith(temporary) || path.startsWith(root) || path.startsWith("/run/netns/")),
    "temporary file": namesIn(temporary),
  };
}

/** What is there `after` and was not `before`: `link: veth12`. */
export function leftBehind(before: MachineTraces, after: MachineTraces): string[] {
  return Object.entries(after).flatMap(([kind, items]) => {
    const known = new Set(before[kind] ?? []);
    return items.filter((item) => !known.has(item)).map((item) => `${kind}: ${item}`);
  });
}

/** Processes that run from the checkout or were given the tests' TMPDIR, this one and its parents left out. */
function processesOf({ temporary, root }: TraceScope): string[] {
  const own = new Set(ancestors(Deno.pid));
  return namesIn("/proc").filter((name) => /^[0-9]+$/.test(name) && !own.has(Number(name))).flatMap((pid) => {
    const command = textOf(`/proc/${pid}/cmdline`).replaceAll("\0", " ").trim();
    const isOurs = command.includes(`${root}/`) || textOf(`/proc/${pid}/environ`).includes(`TMPDIR=${temporary}`);
    return isOurs ? [`${pid} ${command.slice(0, 200)}`] : [];
  });
}

function ancestors(pid: number): number[] {
  const parent = Number(/^PPid:\s*([0-9]+)$/m.exec(textOf(`/proc/${pid}/status`))?.[1] ?? 0);
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
