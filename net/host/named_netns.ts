import { isSyscallError, mount, unmount, unshare } from "../ffi/mod.ts";
import { CLONE, MNT, MS } from "../uapi/mod.ts";
import { openCurrentNetns } from "./netns.ts";
import { endProcess, runAway } from "./with_netns.ts";

/** Where named network namespaces are, for ip(8) and CNI runtimes. */
export const NETNS_FOLDER = "/var/run/netns";

/** Path of the netns called `name`. @throws {RangeError} if a file cannot have that name */
export function netnsPath(name: string): string {
  if (/^[^/\0]{1,255}$/.test(name) && name !== "." && name !== "..") return `${NETNS_FOLDER}/${name}`;
  throw new RangeError(`Cannot name a netns ${JSON.stringify(name)}: must be a file name`);
}

/**
 * Makes a netns with a name; its only link `lo` is down. Like `ip netns add NAME`.
 *
 * @returns its path
 * @throws {Deno.errors.AlreadyExists} if the name is taken
 * @throws {SyscallError} without the right to do it
 */
export function createNamedNetns(name: string): string {
  const path = netnsPath(name);
  shareFolder();
  Deno.openSync(path, { createNew: true, write: true, mode: 0o444 }).close();
  try {
    bindNewNetns(path);
  } catch (error) {
    Deno.removeSync(path);
    throw error;
  }
  return path;
}

/**
 * Removes the name; the netns itself ends with its last process and descriptor. Like `ip netns del NAME`.
 *
 * @throws {Deno.errors.NotFound} if there is none
 * @throws {SyscallError}
 */
export function deleteNamedNetns(name: string): void {
  const path = netnsPath(name);
  try {
    unmount(path, MNT.DETACH);
  } catch (error) {
    // EINVAL: a file left over after a reboot, nothing is mounted on it; ENOENT: told by the removal
    if (!isSyscallError(error, "EINVAL", "ENOENT")) throw error;
  }
  Deno.removeSync(path);
}

function bindNewNetns(path: string): void {
  using home = openCurrentNetns();
  unshare(CLONE.NEWNET);
  runAway(() => mount({ source: "/proc/thread-self/ns/net", target: path, flags: MS.BIND }), {
    goHome: () => home.enter(),
    endProcess,
  });
}

/** Lets names made here appear in other mount namespaces, and their removal too: as ip(8) does it. */
function shareFolder(): void {
  Deno.mkdirSync(NETNS_FOLDER, { recursive: true, mode: 0o755 });
  const shared = { source: "", target: NETNS_FOLDER, flags: MS.SHARED | MS.REC };
  try {
    mount(shared);
  } catch (error) {
    if (!isSyscallError(error, "EINVAL")) throw error; // EINVAL: the folder is not a mount point yet
    mount({ source: NETNS_FOLDER, target: NETNS_FOLDER, flags: MS.BIND | MS.REC });
    mount(shared);
  }
}
