/**
 * Shell: `<command>…` with a `/run/netns` that nobody else sees. Mounts of the host stay visible; what is mounted there later is not, and
 * the other way round. Like `ip netns` the folder is found under `/var/run`.
 */
const WITH_OWN_NAMES = 'mkdir -p /var/run/netns && mount -t tmpfs -o mode=755 tmpfs /var/run/netns && exec "$@"';

/**
 * The command line that runs `argv` with mounts and names of network namespaces of its own: whatever it leaves of them is its own, whoever
 * else makes some at the same time, and names of others do not clash with its. Needs root. Like `unshare --mount`.
 */
export function withOwnMounts(argv: readonly string[]): string[] {
  return ["unshare", "--mount", "--propagation", "private", "sh", "-c", WITH_OWN_NAMES, "sh", ...argv];
}

/** Whether this process may run something {@linkcode withOwnMounts}. */
export function mayOwnMounts(): boolean {
  const [command = "", ...args] = withOwnMounts(["true"]);
  try {
    return new Deno.Command(command, { args, stdin: "null", stdout: "null", stderr: "null" }).outputSync().success;
  } catch (err) {
    if (err instanceof Deno.errors.NotFound) return false; // no unshare(1)
    throw err;
  }
}
