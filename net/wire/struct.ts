import type { Codec } from "./codec.ts";
import { WireError } from "./error.ts";
import { type FixedCodec, viewOf } from "./scalar.ts";

/** Fields of a C struct in their order. */
export type StructFields = Readonly<Record<string, FixedCodec<number> | FixedCodec<bigint>>>;

/** The value of a struct with these fields. */
export type StructValue<F extends StructFields> = {
  readonly [K in keyof F]: F[K] extends FixedCodec<infer T> ? T : never;
};

/** A C struct as a table: encodes and decodes. */
export interface StructTable<F extends StructFields> extends Codec<StructValue<F>> {
  /** `sizeof` of the struct, padding at its end included. */
  readonly size: number;
  /** A whole value: fields left out are 0. */
  of(fields: Partial<StructValue<F>>): StructValue<F>;
}

/** The value a table encodes. */
export type StructOf<T> = T extends StructTable<infer F> ? StructValue<F> : never;

interface PlacedField {
  readonly name: string;
  readonly codec: FixedCodec<unknown>;
  readonly offset: number;
}

/**
 * Describes a C struct: fields lie in order at their natural alignment, as a C compiler places them. Padding is written
 * as 0 and ignored when read.
 *
 * @param name of the struct, for error messages
 */
export function structTable<F extends StructFields>(name: string, fields: F): StructTable<F> {
  const { placed, size } = place(fields);
  return {
    size,
    of: (given) =>
      Object.fromEntries(placed.map(({ name: key, codec }) => [key, given[key] ?? codec.zero])) as StructValue<F>,
    encode(value) {
      const bytes = new Uint8Array(size);
      const view = new DataView(bytes.buffer);
      for (const { name: key, codec, offset } of placed) codec.write(view, offset, value[key]);
      return bytes;
    },
    decode(bytes, at) {
      if (bytes.length !== size) throw new WireError(at, `${bytes.length} bytes, want ${size} (struct ${name})`);
      const view = viewOf(bytes);
      const entries = placed.map(({ name: key, codec, offset }) => [key, codec.read(view, offset)]);
      return Object.fromEntries(entries);
    },
  };
}

function place(fields: StructFields): { placed: readonly PlacedField[]; size: number } {
  let end = 0;
  let widest = 1;
  const placed = Object.entries(fields).map(([name, codec]) => {
    const offset = alignUp(end, codec.align);
    end = offset + codec.size;
    widest = Math.max(widest, codec.align);
    return { name, codec: codec as FixedCodec<unknown>, offset };
  });
  return { placed, size: alignUp(end, widest) };
}

/** The next multiple of `align` that is not below `length`. */
export function alignUp(length: number, align: number): number {
  return Math.ceil(length / align) * align;
}
