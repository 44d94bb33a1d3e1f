import { NLA_F, NLA_HDRLEN, NLA_TYPE_MASK, NLMSG_ALIGNTO } from "../uapi/mod.ts";
import { type Bytes, type Codec, joinBytes } from "./codec.ts";
import { type Place, WireError } from "./error.ts";
import { u16, viewOf } from "./scalar.ts";
import { alignUp } from "./struct.ts";

/** One attribute of a table: the type field it is written with (flags included) and the codec of its payload. */
export type AttributeDefinition = readonly [type: number, codec: Codec<unknown>];

/** Attributes by the names this project gives them. */
export type AttributeDefinitions = Readonly<Record<string, AttributeDefinition>>;

/** An attribute the table does not know, kept as it came. */
export interface OtherAttribute {
  /** The type field, `NLA_F` bits included. */
  readonly type: number;
  readonly payload: Bytes;
  /** How many attributes stood before it; left out, it goes to the end. */
  readonly position?: number;
}

/** Values by name, and what was not known. */
export type AttributeValues<D extends AttributeDefinitions> =
  & { readonly [K in keyof D]?: (D[K] extends readonly [number, Codec<infer T>] ? T : never) | undefined }
  & { readonly other?: readonly OtherAttribute[] };

/** A list of attributes as a table: encodes and decodes. */
export type AttributeTable<D extends AttributeDefinitions> = Codec<AttributeValues<D>>;

/** The values a table encodes. */
export type AttributesOf<T> = T extends AttributeTable<infer D> ? AttributeValues<D> : never;

/**
 * Describes the attributes that may stand in one place (`struct nlattr`: u16 length, u16 type, host order; payload
 * padded to 4 bytes).
 *
 * Decoding keeps the order on the wire as the order of keys, and encoding writes in the order of keys, so a decoded
 * value encodes to the same bytes. Of an attribute that is there twice the last one counts, as in the kernel. Values
 * that are `undefined` are not written.
 *
 * @param name for error messages, such as `link attribute`
 */
export function attributeTable<const D extends AttributeDefinitions>(
  name: string,
  definitions: D,
): AttributeTable<D> {
  const byType = new Map(
    Object.entries(definitions).map(([key, [type, codec]]) => [type & NLA_TYPE_MASK, { key, codec }]),
  );
  return {
    encode: (values) => joinBytes(withOthers(encodeKnown(definitions, values), values.other ?? [])),
    decode(bytes, place) {
      const values: Record<string, unknown> = {};
      const other: OtherAttribute[] = [];
      splitAttributes(bytes, { what: name, offset: place.offset }).forEach(({ type, payload, offset }, position) => {
        const found = byType.get(type & NLA_TYPE_MASK);
        if (found === undefined) return other.push({ type, payload: new Uint8Array(payload), position });
        values[found.key] = found.codec.decode(payload, { what: `${name} ${found.key}`, offset });
      });
      if (other.length > 0) values.other = other;
      return values as AttributeValues<D>; // each key was decoded by the codec of its own definition
    },
  };
}

/** A list whose elements are attributes of type 0, 1, 2, …, as for the ARP targets of a bond. */
export function attributeList<T>(codec: Codec<T>): Codec<readonly T[]> {
  return {
    encode: (values) => joinBytes(values.map((value, type) => encodeAttribute(type, codec.encode(value)))),
    decode: (bytes, place) =>
      splitAttributes(bytes, place).map(({ payload, offset }) => codec.decode(payload, { what: place.what, offset })),
  };
}

/** Encodes one attribute, padding included. @throws {RangeError} if the payload is longer than 65,531 bytes */
export function encodeAttribute(type: number, payload: Uint8Array): Bytes {
  const length = NLA_HDRLEN + payload.length;
  const bytes = new Uint8Array(alignUp(length, NLMSG_ALIGNTO));
  const view = new DataView(bytes.buffer);
  u16.write(view, 0, length);
  u16.write(view, 2, type);
  bytes.set(payload, NLA_HDRLEN);
  return bytes;
}

/** One attribute of a message; `payload` is a view of the bytes it was found in. */
export interface RawAttribute {
  readonly type: number;
  readonly payload: Uint8Array;
  /** Where the payload starts. */
  readonly offset: number;
}

/** Cuts `bytes` into attributes. @throws {WireError} if one is cut off or its length is impossible */
export function splitAttributes(bytes: Uint8Array, place: Place): RawAttribute[] {
  const view = viewOf(bytes);
  const found: RawAttribute[] = [];
  for (let at = 0; at < bytes.length;) {
    const here = { what: place.what, offset: place.offset + at };
    const left = bytes.length - at;
    if (left < NLA_HDRLEN) throw new WireError(here, `${left} bytes left, a header has ${NLA_HDRLEN}`);
    const length = u16.read(view, at);
    if (length < NLA_HDRLEN || length > left) throw new WireError(here, `length ${length}, ${left} bytes left`);
    const payload = bytes.subarray(at + NLA_HDRLEN, at + length);
    found.push({ type: u16.read(view, at + 2), payload, offset: here.offset + NLA_HDRLEN });
    at += alignUp(length, NLMSG_ALIGNTO);
  }
  return found;
}

/** The type field of an attribute that contains attributes, where the kernel wants it marked. */
export function nestedType(type: number): number {
  return type | NLA_F.NESTED;
}

function encodeKnown(definitions: AttributeDefinitions, values: Readonly<Record<string, unknown>>): Bytes[] {
  return Object.entries(values).flatMap(([key, value]) => {
    if (key === "other" || value === undefined) return [];
    const definition = definitions[key];
    if (definition === undefined) throw new RangeError(`Cannot encode attribute "${key}": it is not in the table`);
    const [type, codec] = definition;
    return [encodeAttribute(type, codec.encode(value))];
  });
}

function withOthers(known: readonly Bytes[], others: readonly OtherAttribute[]): readonly Bytes[] {
  const list = [...known];
  const end = known.length + others.length;
  const placed = others.toSorted((a, b) => (a.position ?? end) - (b.position ?? end));
  for (const { type, payload, position } of placed) {
    list.splice(position ?? list.length, 0, encodeAttribute(type, payload));
  }
  return list;
}
