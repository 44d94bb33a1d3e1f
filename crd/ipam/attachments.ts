/** What the last ADD of each NIC said: annotation `ipam.spidernet.io/attachments` of a SpiderEndpoint. */
export type Attachments = Readonly<Record<string, Attachment>>;

/** One NIC's last ADD. */
export interface Attachment {
  readonly containerId: string;
  /** Name of the CNI network. */
  readonly network?: string;
  /** The Pod's UID at its kubelet and runtime, where that is not `status.current.uid`: of a static Pod. */
  readonly runtimeUid?: string;
  /**
   * The NIC was taken over from an earlier incarnation with the Pod's others, and has had no ADD of its own since:
   * which pools are named for it is still to be looked at.
   */
  readonly undecided?: true;
}

/**
 * Reads the annotation. Anybody may have damaged it, and it only narrows what a DEL may free: what cannot be read
 * counts as not recorded.
 */
export function attachmentsOf(text: string | undefined): Attachments {
  const entries = Object.entries(objectOf(text)).flatMap(([nic, value]): [string, Attachment][] => {
    if (!isObject(value) || typeof value.containerId !== "string") return [];
    const { containerId, network, runtimeUid, undecided } = value;
    return [[nic, {
      containerId,
      ...(typeof network === "string" && { network }),
      ...(typeof runtimeUid === "string" && { runtimeUid }),
      ...(undecided === true && { undecided }),
    }]];
  });
  return Object.fromEntries(entries);
}

/** The annotation's value: compact JSON, NICs by name. */
export function formatAttachments(attachments: Attachments): string {
  const nics = Object.keys(attachments).sort();
  return JSON.stringify(Object.fromEntries(nics.map((nic) => [nic, attachments[nic]])));
}

function objectOf(text: string | undefined): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text ?? "{}");
    return isObject(value) ? value : {};
  } catch {
    return {}; // see attachmentsOf
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
