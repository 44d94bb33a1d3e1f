/** A field of a protobuf message: a varint, or the bytes of a string, message or fixed number. */
export interface ProtobufField {
  readonly number: number;
  readonly value: bigint | Uint8Array;
}

/** Reads fields one after the other. Source: protobuf.dev, "Encoding". */
export class ProtobufReader {
  readonly #bytes: Uint8Array;
  #offset = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /**
   * The next field, `undefined` at the end.
   *
   * @throws {RangeError} for a cut or malformed field
   */
  next(): ProtobufField | undefined {
    if (this.#offset >= this.#bytes.length) return undefined;
    const tag = this.#varint();
    const number = Number(tag >> 3n);
    switch (Number(tag & 7n)) {
      case 0:
        return { number, value: this.#varint() };
      case 1:
        return { number, value: this.#take(8) };
      case 2:
        return { number, value: this.#take(Number(this.#varint())) };
      case 5:
        return { number, value: this.#take(4) };
      default:
        throw new RangeError(`field ${number} has an unknown wire type`);
    }
  }

  #varint(): bigint {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.#bytes[this.#offset++];
      if (byte === undefined) throw new RangeError("a number is cut off");
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    throw new RangeError("a number is longer than 64 bits");
  }

  #take(length: number): Uint8Array {
    const end = this.#offset + length;
    if (end > this.#bytes.length) throw new RangeError(`${length} bytes are cut off`);
    const part = this.#bytes.subarray(this.#offset, end);
    this.#offset = end;
    return part;
  }
}
