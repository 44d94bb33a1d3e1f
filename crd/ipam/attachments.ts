/** What the last ADD of each NIC said: annotation `ipam.spidernet.io/attachments` of a SpiderEndpoint. */
export type Attachments = Readonly<Record<string, Attachment>>;

/** One NIC's last ADD. */
export interface Attachment {
  readonly containerId: string;
  /** Name of the CNI network. */
  readonly network?: string;
  /** The Pod's UID at its kubelet and runtime, where that is not `status.current.uid`: of a static Pod. */
  readonly runtimeUid?: string;
  /** Container IDs of the Pod's sandboxes before this one, oldest first: an ADD of theirs may still be on its way. */
  readonly former?: readonly string[];
  /**
   * The NIC was taken over from an earlier incarnation with the Pod's others, and has had no ADD of its own since:
   * which pools are named for it is still to be looked at.
   */
  readonly undecided?: true;
}

/** Most earlier sandboxes that are recorded: none of them lasts. */
const MAX_FORMER = 8;

/**
 * Reads the annotation. Anybody may have damaged it, and it only narrows what a DEL may free: what cannot be read
 * counts as not recorded.
 */
export function attachmentsOf(text: string | undefined): Attachments {
  const entries = Object.entries(objectOf(text)).flatMap(([nic, value]): [string, Attachment][] => {
    if (!isObject(value) || typeof value.containerId !== "string") return [];
    const { containerId, network, runtimeUid, undecided } = value;
    const former = containerIdsOf(value.former);
    return [[nic, {
      containerId,
      ...(typeof network === "string" && { network }),
      ...(typeof runtimeUid === "string" && { runtimeUid }),
      ...(former.length > 0 && { former }),
      ...(undecided === true && { undecided }),
    }]];
  });
  return Object.fromEntries(entries);
}

/**
 * What the annotation says once the ADD of `asked` has been written over `before`: one sandbox has all NICs, the newest.
 * An ADD of a sandbox that `before` knows as an earlier one leaves the NICs to the one that came after it.
 */
export function attachmentsAfter(before: Attachments, asked: Attachments): Attachments {
  const known = Object.values(before);
  return Object.fromEntries(
    Object.entries(asked).map(([nic, attachment]) => {
      const newer = known.find(({ former }) => former?.includes(attachment.containerId));
      return [nic, newer === undefined ? withFormer(attachment, known) : replaced(attachment, newer)];
    }),
  );
}

/** The NIC as the newer sandbox has it; its network is its own. */
function replaced(
  { network, undecided }: Attachment,
  { network: _network, undecided: _undecided, ...newer }: Attachment,
): Attachment {
  return { ...newer, ...(network !== undefined && { network }), ...(undecided === true && { undecided }) };
}

function withFormer(attachment: Attachment, known: readonly Attachment[]): Attachment {
  const all = [...known.flatMap(({ former = [] }) => former), ...known.map(({ containerId }) => containerId)];
  const others = new Set([...all, ...attachment.former ?? []].filter((id) => id !== attachment.containerId));
  if (others.size === 0) return attachment;
  return { ...attachment, former: [...others].slice(-MAX_FORMER) };
}

/** The annotation's value: compact JSON, NICs by name. */
export function formatAttachments(attachments: Attachments): string {
  const nics = Object.keys(attachments).sort();
  return JSON.stringify(Object.fromEntries(nics.map((nic) => [nic, attachments[nic]])));
}

function containerIdsOf(value: unknown): string[] {
  if (!Array.isArray(value)) return [];
  return value.filter((id: unknown) => typeof id === "string").slice(-MAX_FORMER);
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
