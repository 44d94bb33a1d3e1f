/**
 * Pure codecs for netlink bytes: scalars, C structs and attributes as tables, messages. No I/O.
 *
 * @module
 */
export { type Ack, decodeDone, decodeError } from "./ack.ts";
export {
  attributeList,
  type AttributesOf,
  attributeTable,
  type AttributeValues,
  encodeAttribute,
  nestedType,
  type OtherAttribute,
  splitAttributes,
} from "./attribute.ts";
export { cString, flag, ipBytes, rawBytes } from "./bytes.ts";
export { type Bytes, type Codec, joinBytes, lazy, type ValueOf } from "./codec.ts";
export { type Place, WireError } from "./error.ts";
export { formatMac, parseMac } from "./mac.ts";
export { decodeMessages, encodeMessage, type Message, messageHeader } from "./message.ts";
export { type PayloadOf, type PayloadTable, payloadTable } from "./payload.ts";
export { hostLittleEndian, i32, u16, u16be, u32, u32be, u64, u8, viewOf } from "./scalar.ts";
export { alignUp, type StructOf, structTable } from "./struct.ts";
