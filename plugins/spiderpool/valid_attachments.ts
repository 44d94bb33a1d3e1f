import { type IpamAttachment, MAX_VALID_ATTACHMENTS, type ObjectSchema } from "../../agent/api/mod.ts";
import { CniCode, CniError, confFields, decodeSection, hasMember, memberOf, type NetConf } from "../cni/mod.ts";

/** The key of the CNI specification, and the one that its text had at first; runtimes send both. */
const keys = ["cni.dev/valid-attachments", "cni.dev/attachments"] as const;

interface Listed {
  attachments: Attachment[];
}

interface Attachment {
  containerID?: string;
  ifname?: string;
}

const { text } = confFields;
const attachmentModel: ObjectSchema<Attachment> = {
  type: "object",
  title: "GCAttachment",
  required: [],
  properties: { containerID: text, ifname: text },
};
const listModel: ObjectSchema<Listed> = {
  type: "object",
  title: "NetConf",
  required: [],
  properties: { attachments: { type: "array", items: attachmentModel } },
};

/**
 * What the runtime still has in the network: all that either key names, each once. `null` is the empty list of a runtime
 * written in Go.
 *
 * @returns `undefined` when there is no list: the reference library sends none when its caller has none
 * @throws {CniError} code 7 for a list that cannot be relied on: a mistake would free addresses in use
 */
export function validAttachmentsOf({ json }: NetConf): IpamAttachment[] | undefined {
  if (!keys.some((key) => hasMember(json, key))) return undefined;
  const listed = keys.flatMap((key) => attachmentsIn(memberOf(json, key)));
  const unique = [...new Map(listed.map((item) => [`${item.containerID}/${item.ifName}`, item])).values()];
  if (unique.length <= MAX_VALID_ATTACHMENTS) return unique;
  throw new CniError(
    CniCode.InvalidConfig,
    `Cannot collect garbage: ${unique.length} valid attachments are more than ${MAX_VALID_ATTACHMENTS}`,
  );
}

function attachmentsIn(list: unknown): IpamAttachment[] {
  const { attachments = [] } = decodeSection(listModel, { attachments: list }, CniCode.InvalidConfig);
  return attachments.map((item, i) => {
    const { containerID, ifname: ifName } = item;
    if (containerID && ifName) return { containerID, ifName };
    const what = containerID ? "ifname" : "containerID";
    throw new CniError(CniCode.InvalidConfig, `Cannot collect garbage: valid attachment ${i} has no ${what}`);
  });
}
