import { NLMSG_ALIGNTO } from "../uapi/mod.ts";
import type { AttributeDefinitions, AttributeTable, AttributeValues } from "./attribute.ts";
import { type Codec, joinBytes } from "./codec.ts";
import { WireError } from "./error.ts";
import { alignUp, type StructFields, type StructTable, type StructValue } from "./struct.ts";

/** What follows the netlink header: a fixed struct, then attributes. */
export interface PayloadValue<F extends StructFields, D extends AttributeDefinitions> {
  readonly header: StructValue<F>;
  readonly attributes: AttributeValues<D>;
}

/** A payload as a table: encodes and decodes. */
export interface PayloadTable<F extends StructFields, D extends AttributeDefinitions>
  extends Codec<PayloadValue<F, D>> {
  /** A whole value: header fields left out are 0. */
  of(header: Partial<StructValue<F>>, attributes?: AttributeValues<D>): PayloadValue<F, D>;
}

/** The value a payload table encodes. */
export type PayloadOf<T> = T extends Codec<infer V> ? V : never;

/** Describes the payload of one kind of message: `header`, padding to 4 bytes, `attributes`. */
export function payloadTable<F extends StructFields, D extends AttributeDefinitions>(
  header: StructTable<F>,
  attributes: AttributeTable<D>,
): PayloadTable<F, D> {
  const start = alignUp(header.size, NLMSG_ALIGNTO);
  const none: AttributeValues<D> = {};
  return {
    of: (fields, values = none) => ({ header: header.of(fields), attributes: values }),
    encode(value) {
      const fixed = new Uint8Array(start);
      fixed.set(header.encode(value.header));
      return joinBytes([fixed, attributes.encode(value.attributes)]);
    },
    decode(bytes, place) {
      if (bytes.length < start) throw new WireError(place, `${bytes.length} bytes, the header has ${start}`);
      return {
        header: header.decode(bytes.subarray(0, header.size), place),
        attributes: attributes.decode(bytes.subarray(start), { what: place.what, offset: place.offset + start }),
      };
    },
  };
}
