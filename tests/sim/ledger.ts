import { Violation } from "./violation.ts";

/** A Pod as its kubelet knows it. */
export interface PodFacts {
  readonly name: string;
  /** `metadata.uid` of its object. */
  readonly uid: string;
  /** By which kubelet and runtime know it: another one for a static Pod. */
  readonly runtimeUid: string;
  /** Whose the addresses are, by name: the VM's, else the Pod's own. */
  readonly identity: string;
  /** Whether that name keeps its addresses (StatefulSet, VM). */
  readonly isFixed: boolean;
  /** Whether several Pods of that name may use them at once: a VM migrates. */
  readonly isShared: boolean;
  /** Whether an agent of ours serves it. */
  readonly isOurs: boolean;
}

/** One NIC of one Pod that is in use. */
export interface Attachment {
  readonly pod: PodFacts;
  readonly nic: string;
  /** Its newest sandbox. */
  readonly containerId: string;
  /** Canonical, without prefix length, sorted. */
  readonly addresses: readonly string[];
}

/** Which attachments are live: from the success of an ADD until the first DEL of the sandbox, or the end of the Pod. */
export class Ledger {
  readonly #live = new Map<string, Attachment>();
  readonly #byAddress = new Map<string, Attachment>();
  /** What each attachment was given, as long as its Pod is not being deleted. */
  readonly #given = new Map<string, string>();
  /** What each fixed owner was given, by its name, while that is wanted. */
  readonly #fixed = new Map<string, string>();
  /** Names whose owner keeps addresses for them. */
  readonly #wanted = new Set<string>();

  /** Attachments in use. */
  live(): Iterable<Attachment> {
    return this.#live.values();
  }

  get liveCount(): number {
    return this.#live.size;
  }

  /** The attachment, while it is in use. */
  find(uid: string, nic: string): Attachment | undefined {
    return this.#live.get(keyOf(uid, nic));
  }

  /** The success of an ADD reached the kubelet. @throws {Violation} I1, I5 or I8 */
  added(attachment: Attachment): void {
    const { pod, nic, addresses } = attachment;
    const key = keyOf(pod.uid, nic);
    for (const address of addresses) {
      const other = this.#byAddress.get(address);
      if (other !== undefined && keyOf(other.pod.uid, other.nic) !== key && !mayShare(attachment, other)) {
        throw new Violation(
          "I1",
          `${address} belongs to ${textOf(other)} and to ${textOf(attachment)}`,
          aboutOf(attachment, other),
        );
      }
    }
    this.#expectSame(this.#given, { key, attachment, invariant: "I5" });
    if (this.#wanted.has(pod.identity)) {
      this.#expectSame(this.#fixed, { key: keyOf(pod.identity, nic), attachment, invariant: "I8" });
    }
    this.#end(key);
    this.#live.set(key, attachment);
    for (const address of addresses) this.#byAddress.set(address, attachment);
  }

  /** The first DEL of a sandbox begins: its netns is gone, or going. */
  delBegins(uid: string, containerId: string): void {
    for (const [key, { pod, containerId: newest }] of this.#live) {
      if (pod.uid === uid && newest === containerId) this.#end(key);
    }
  }

  /** Somebody else has an address of the attachment: it uses none now, and gets others. */
  conflicts(uid: string, nic: string): void {
    this.#end(keyOf(uid, nic));
    this.#given.delete(keyOf(uid, nic));
  }

  /** The Pod is being deleted: whether an ADD that still comes gets the same address is no longer promised. */
  podTerminating(uid: string): void {
    for (const key of [...this.#given.keys()]) if (key.startsWith(`${uid}/`)) this.#given.delete(key);
  }

  /** The Pod object is gone: whatever the kubelet still does, nobody may rely on its addresses. */
  podGone(uid: string): void {
    this.podTerminating(uid);
    for (const [key, { pod }] of this.#live) if (pod.uid === uid) this.#end(key);
  }

  /** The owner wants a Pod or a VM of this name again. */
  nameWanted(name: string): void {
    this.#wanted.add(name);
  }

  /** The owner names other pools for the Pod that is made now: what its name had may go. */
  intentChanged(name: string): void {
    for (const key of [...this.#fixed.keys()]) if (key.startsWith(`${name}/`)) this.#fixed.delete(key);
  }

  /** Whether an owner wants the name's addresses to stay. */
  isWanted(name: string): boolean {
    return this.#wanted.has(name);
  }

  /** The owner no longer wants a Pod or a VM of this name. */
  nameUnwanted(name: string): void {
    this.#wanted.delete(name);
    this.intentChanged(name);
  }

  #expectSame(
    known: Map<string, string>,
    { key, attachment, invariant }: { key: string; attachment: Attachment; invariant: "I5" | "I8" },
  ): void {
    const got = attachment.addresses.join(" ");
    const had = known.get(key);
    if (had !== undefined && had !== got) {
      throw new Violation(invariant, `${textOf(attachment)} had ${had}, got ${got}`, aboutOf(attachment));
    }
    known.set(key, got);
  }

  #end(key: string): void {
    const ended = this.#live.get(key);
    if (ended === undefined) return;
    this.#live.delete(key);
    for (const address of ended.addresses) {
      const sharer = ended.pod.isShared ? this.#sharerOf(ended, address) : undefined;
      if (sharer === undefined) this.#byAddress.delete(address);
      else this.#byAddress.set(address, sharer);
    }
  }

  #sharerOf(ended: Attachment, address: string): Attachment | undefined {
    for (const other of this.#live.values()) {
      if (mayShare(ended, other) && other.addresses.includes(address)) return other;
    }
    return undefined;
  }
}

/** Whether both are the same NIC of the same VM. */
function mayShare({ pod, nic }: Attachment, other: Attachment): boolean {
  return pod.isShared && other.pod.isShared && pod.identity === other.pod.identity && nic === other.nic;
}

/** An attachment in a message. */
export function textOf({ pod, nic, containerId }: Attachment): string {
  return `${pod.name} (${pod.uid}) ${nic} in ${containerId}`;
}

/** Texts by which the trace lines about attachments are found. */
export function aboutOf(...attachments: readonly Attachment[]): string[] {
  return attachments.flatMap(({ pod, addresses }) => [pod.name, pod.uid.slice(0, 4), ...addresses]);
}

function keyOf(id: string, nic: string): string {
  return `${id}/${nic}`;
}
