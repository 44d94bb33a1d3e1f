/** Most Pods whose sandboxes are remembered; of the others the SpiderEndpoint tells. */
const MAX_PODS = 4096;
/** Most sandboxes of one Pod that are remembered: a Pod has a new one when the last has failed. */
const MAX_SANDBOXES = 8;

/** An ADD that begins. */
export interface SandboxAdd {
  readonly containerId: string;
  readonly nic: string;
  /** Whether the Pod holds anything already. */
  readonly isFirst: boolean;
}

/** One sandbox, as far as it was seen. */
interface Sandbox {
  readonly containerId: string;
  /** NICs that were asked for; `undefined` when others may have been before this process looked. */
  readonly nics: Set<string> | undefined;
}

/**
 * In what order the sandboxes of the Pods came, as far as this process has seen. A container ID does not tell its age,
 * and a runtime that has given a sandbox up may still be at work on it: its ADDs can come after those of the next one.
 */
export class SandboxOrder {
  readonly #byPod = new Map<string, readonly Sandbox[]>();

  /** Notes that an ADD begins. @returns container IDs of the Pod's sandboxes that came before this one, oldest first */
  began(podUid: string, { containerId, nic, isFirst }: SandboxAdd): readonly string[] {
    const known = this.#byPod.get(podUid) ?? [];
    const own = known.find((sandbox) => sandbox.containerId === containerId);
    own?.nics?.add(nic);
    const all = own !== undefined
      ? known
      : [...known, { containerId, nics: isFirst ? new Set([nic]) : undefined }].slice(-MAX_SANDBOXES);
    this.#byPod.delete(podUid); // to the end: who asked last is forgotten last
    this.#byPod.set(podUid, all);
    if (this.#byPod.size > MAX_PODS) this.#byPod.delete(this.#byPod.keys().next().value!);
    return all.slice(0, all.findIndex((sandbox) => sandbox.containerId === containerId)).map(idOf);
  }

  /**
   * Whether the Pod has had a sandbox after this one; `undefined` when none was seen. One that was not seen is older than
   * those that were: its ADDs came before this process, or took nothing.
   */
  isOlder(podUid: string, containerId: string): boolean | undefined {
    const last = this.#byPod.get(podUid)?.at(-1);
    return last && last.containerId !== containerId;
  }

  /** NICs that a sandbox has been asked for and can be using; `undefined` when nobody knows. */
  nicsOf(podUid: string, containerId: string): ReadonlySet<string> | undefined {
    return this.#byPod.get(podUid)?.find((sandbox) => sandbox.containerId === containerId)?.nics;
  }
}

function idOf({ containerId }: Sandbox): string {
  return containerId;
}
