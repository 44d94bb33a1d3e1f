import { NLM_F, NLMSG_HDRLEN, NLMSGERR_ATTR } from "../uapi/mod.ts";
import { attributeTable } from "./attribute.ts";
import { cString, rawBytes } from "./bytes.ts";
import { WireError } from "./error.ts";
import { type Message, messageHeader } from "./message.ts";
import { i32, u32, viewOf } from "./scalar.ts";
import { alignUp } from "./struct.ts";

/** What an `NLMSG_ERROR` or `NLMSG_DONE` message tells. */
export interface Ack {
  /** 0 for success, else the error number (positive, as in `ERRNO`). */
  readonly errno: number;
  /** The kernel's own words, where it has some. */
  readonly kernelMessage?: string;
  /** Offset of the offending attribute in the request, header included. */
  readonly attributeOffset?: number;
}

/** Attributes after `struct nlmsgerr`. Source: linux/netlink.h. */
export const ackAttributes = attributeTable("acknowledgement attribute", {
  message: [NLMSGERR_ATTR.MSG, cString(8192)],
  offset: [NLMSGERR_ATTR.OFFS, u32],
  cookie: [NLMSGERR_ATTR.COOKIE, rawBytes],
});

const ERROR_SIZE = 4;

/**
 * Decodes `struct nlmsgerr`: i32 −errno, the header of the request, its payload unless `NLM_F_CAPPED` is set, and
 * attributes if `NLM_F_ACK_TLVS` is.
 *
 * @throws {WireError}
 */
export function decodeError({ flags, payload }: Message): Ack {
  const place = { what: "netlink acknowledgement", offset: 0 };
  const start = ERROR_SIZE + NLMSG_HDRLEN;
  if (payload.length < start) throw new WireError(place, `${payload.length} bytes, want at least ${start}`);
  const request = messageHeader.decode(payload.subarray(ERROR_SIZE, start), place);
  const echoed = (flags & NLM_F.CAPPED) !== 0 ? 0 : Math.max(0, alignUp(request.length, 4) - NLMSG_HDRLEN);
  return { ...errnoAt(payload), ...attributesFrom(payload, { flags, start: start + echoed }) };
}

/**
 * Decodes the end of a dump: nothing, or i32 −errno, and attributes if `NLM_F_ACK_TLVS` is set.
 *
 * @throws {WireError}
 */
export function decodeDone({ flags, payload }: Message): Ack {
  if (payload.length < ERROR_SIZE) return { errno: 0 };
  return { ...errnoAt(payload), ...attributesFrom(payload, { flags, start: ERROR_SIZE }) };
}

function errnoAt(payload: Uint8Array): { errno: number } {
  return { errno: Math.max(0, -i32.read(viewOf(payload), 0)) };
}

function attributesFrom(
  payload: Uint8Array,
  { flags, start }: { flags: number; start: number },
): Omit<Ack, "errno"> {
  if ((flags & NLM_F.ACK_TLVS) === 0 || start > payload.length) return {};
  const place = { what: "netlink acknowledgement", offset: start };
  const { message, offset } = ackAttributes.decode(payload.subarray(start), place);
  return {
    ...(message === undefined ? {} : { kernelMessage: message }),
    ...(offset === undefined ? {} : { attributeOffset: offset }),
  };
}
