/** What a program does, in words that hold for every version of Deno; what is absent is refused. */
export interface Needs {
  /** Paths, or `true` for any. */
  readonly read?: true | readonly string[];
  /** Paths, or `true` for any. */
  readonly write?: true | readonly string[];
  /** Talks TCP to any host. */
  readonly net?: true;
  /** Names of environment variables; a name may end in `*`. */
  readonly env?: readonly string[];
  /** Connects to or listens on unix sockets. */
  readonly unixSockets?: true;
  /** Sets the mode of what it creates by the umask. */
  readonly umask?: true;
  /** Profiles itself by V8's inspector; no port is opened. */
  readonly inspector?: true;
  /** Makes system calls by FFI. */
  readonly ffi?: true;
  /** Looks at network namespaces below `/proc`, such as `/proc/self/ns/net`. */
  readonly procNetns?: true;
}

/**
 * Flags of `deno run` and `deno compile` that give a program what it needs, and as little more as that version of Deno
 * can tell apart. Code comes from nowhere else. After 2.8.0 it guards more: unix sockets are part of net, the umask is part of sys, and below `/proc` only a
 * program with all permissions may look (`--allow-read=/proc` is refused, and so is `--allow-all` with any `--deny-…`).
 *
 * @param denoVersion such as `2.9.6`
 */
export function permissionFlags(needs: Needs, denoVersion: string): string[] {
  const isStrict = compareVersions(denoVersion, "2.8.0") > 0;
  if (isStrict && needs.procNetns) return ["--allow-all"];
  const net = needs.net ?? (isStrict ? needs.unixSockets : undefined);
  const sys = isStrict ? needs.umask ?? needs.inspector : needs.inspector && ["inspector"];
  return [
    ...flagOf("read", needs.read),
    ...flagOf("write", needs.write),
    ...flagOf("net", net),
    ...flagOf("env", needs.env),
    ...flagOf("sys", sys),
    ...flagOf("ffi", needs.ffi),
    "--deny-import",
  ];
}

function flagOf(name: string, value: true | readonly string[] | undefined): string[] {
  if (value === undefined || value === true) return value ? [`--allow-${name}`] : [];
  return [`--allow-${name}=${value.join(",")}`];
}

/** Negative, 0 or positive as `a` is older than, as old as, or newer than `b`; suffixes such as `-rc.1` do not count. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [a, b].map((text) => text.split(/[.-]/).slice(0, 3).map(Number));
  const difference = left?.map((part, i) => part - (right?.[i] ?? 0)).find((part) => part !== 0);
  return difference ?? 0;
}
