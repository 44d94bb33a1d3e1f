import type { Codec } from "./codec.ts";
import { WireError } from "./error.ts";

/** A codec for values of one size that can stand in a C struct. */
export interface FixedCodec<T> extends Codec<T> {
  /** Bytes. */
  readonly size: number;
  /** A struct places it at a multiple of this many bytes. */
  readonly align: number;
  /** Value of a field that is left out. */
  readonly zero: T;
  /** Reads at `offset`; the caller has checked that `size` bytes are there. */
  read(view: DataView, offset: number): T;
  /** @throws {RangeError} if `value` does not fit */
  write(view: DataView, offset: number, value: T): void;
}

type Access<T> = Pick<FixedCodec<T>, "read" | "write">;

/** Whether this machine stores the low byte first; netlink uses the order of the machine. */
export const hostLittleEndian: boolean = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

/** Unsigned 8 bits. */
export const u8: FixedCodec<number> = integer("u8", [0, 0xff], {
  read: (view, offset) => view.getUint8(offset),
  write: (view, offset, value) => view.setUint8(offset, value),
});

/** Unsigned 16 bits, host order. */
export const u16: FixedCodec<number> = integer("u16", [0, 0xffff], {
  read: (view, offset) => view.getUint16(offset, hostLittleEndian),
  write: (view, offset, value) => view.setUint16(offset, value, hostLittleEndian),
});

/** Unsigned 16 bits, big-endian. */
export const u16be: FixedCodec<number> = integer("u16be", [0, 0xffff], {
  read: (view, offset) => view.getUint16(offset),
  write: (view, offset, value) => view.setUint16(offset, value),
});

/** Unsigned 32 bits, host order. */
export const u32: FixedCodec<number> = integer("u32", [0, 0xffff_ffff], {
  read: (view, offset) => view.getUint32(offset, hostLittleEndian),
  write: (view, offset, value) => view.setUint32(offset, value, hostLittleEndian),
});

/** Unsigned 32 bits, big-endian. */
export const u32be: FixedCodec<number> = integer("u32be", [0, 0xffff_ffff], {
  read: (view, offset) => view.getUint32(offset),
  write: (view, offset, value) => view.setUint32(offset, value),
});

/** Signed 32 bits, host order. */
export const i32: FixedCodec<number> = integer("i32", [-0x8000_0000, 0x7fff_ffff], {
  read: (view, offset) => view.getInt32(offset, hostLittleEndian),
  write: (view, offset, value) => view.setInt32(offset, value, hostLittleEndian),
});

/** Unsigned 64 bits, host order. */
export const u64: FixedCodec<bigint> = fixed({ name: "u64", size: 8, zero: 0n }, {
  read: (view, offset) => view.getBigUint64(offset, hostLittleEndian),
  write(view, offset, value) {
    if (value < 0n || value >> 64n !== 0n) throw new RangeError(`Cannot encode ${value} as u64: out of range`);
    view.setBigUint64(offset, value, hostLittleEndian);
  },
});

function integer(name: string, [min, max]: readonly [number, number], access: Access<number>): FixedCodec<number> {
  const size = Number(/\d+/.exec(name)?.[0]) / 8;
  return fixed({ name, size, zero: 0 }, {
    read: access.read,
    write(view, offset, value) {
      if (!Number.isInteger(value) || value < min || value > max) {
        throw new RangeError(`Cannot encode ${value} as ${name}: must be a whole number from ${min} to ${max}`);
      }
      access.write(view, offset, value);
    },
  });
}

function fixed<T>(
  { name, size, zero }: { name: string; size: number; zero: T },
  { read, write }: Access<T>,
): FixedCodec<T> {
  return {
    size,
    align: size,
    zero,
    read,
    write,
    encode(value) {
      const bytes = new Uint8Array(size);
      write(new DataView(bytes.buffer), 0, value);
      return bytes;
    },
    decode(bytes, place) {
      if (bytes.length !== size) throw new WireError(place, `${bytes.length} bytes, want ${size} (${name})`);
      return read(viewOf(bytes), 0);
    },
  };
}

/** A view of exactly the bytes of `bytes`. */
export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
