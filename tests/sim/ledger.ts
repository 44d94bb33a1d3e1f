import { Violation } from "./violation.ts";

/** A Pod as its kubelet knows it. */
export interface PodFacts {
  readonly name: string;
  readonly uid: string;
  /** Whether its name keeps its addresses (StatefulSet). */
  readonly isFixed: boolean;
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
  /** What each name of a StatefulSet's Pods was given, while that is wanted. */
  readonly #fixed = new Map<string, string>();
  readonly #unwanted = new Set<string>();

  /** Attachments in use. */
  live(): Iterable<Attachment> {
    return this.#live.values();
  }

  get liveCount(): number {
    return this.#live.size;
  }

  /** The success of an ADD reached the kubelet. @throws {Violation} I1, I5 or I8 */
  added(attachment: Attachment): void {
    const { pod, nic, addresses } = attachment;
    const key = keyOf(pod.uid, nic);
    for (const address of addresses) {
      const other = this.#byAddress.get(address);
      if (other !== undefined && keyOf(other.pod.uid, other.nic) !== key) {
        throw new Violation(
          "I1",
          `${address} belongs to ${textOf(other)} and to ${textOf(attachment)}`,
          aboutOf(attachment, other),
        );
      }
    }
    this.#expectSame(this.#given, { key, attachment, invariant: "I5" });
    if (pod.isFixed && !this.#unwanted.has(pod.name)) {
      this.#expectSame(this.#fixed, { key: keyOf(pod.name, nic), attachment, invariant: "I8" });
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

  /** The Pod is being deleted: whether an ADD that still comes gets the same address is no longer promised. */
  podTerminating(uid: string): void {
    for (const key of [...this.#given.keys()]) if (key.startsWith(`${uid}/`)) this.#given.delete(key);
  }

  /** The Pod object is gone: whatever the kubelet still does, nobody may rely on its addresses. */
  podGone(uid: string): void {
    this.podTerminating(uid);
    for (const [key, { pod }] of this.#live) if (pod.uid === uid) this.#end(key);
  }

  /** The owner wants a Pod of this name again. */
  nameWanted(name: string): void {
    this.#unwanted.delete(name);
  }

  /** The owner no longer wants a Pod of this name. */
  nameUnwanted(name: string): void {
    this.#unwanted.add(name);
    for (const key of [...this.#fixed.keys()]) if (key.startsWith(`${name}/`)) this.#fixed.delete(key);
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
    for (const address of ended.addresses) this.#byAddress.delete(address);
  }
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
