/**
 * Writes protocol buffer messages: fields with a varint, and fields with bytes. Source: protobuf.dev/programming-guides/encoding.
 */
export class ProtoWriter {
  #bytes = new Uint8Array(256);
  #length = 0;

  /**
   * A field of type `int64`, `uint64` or `bool`; 0 is written, too.
   *
   * @throws {RangeError} below 0, or a number that is no safe integer
   */
  varint(field: number, value: number | bigint): this {
    return this.#varint(field * 8).#varint(value);
  }

  /** A field of type `string`, `bytes`, or a message that was written already. */
  bytes(field: number, value: string | Uint8Array | ProtoWriter): this {
    const bytes = typeof value === "string"
      ? new TextEncoder().encode(value)
      : value instanceof ProtoWriter
      ? value.finish()
      : value;
    this.#varint(field * 8 + 2).#varint(bytes.length).#room(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
    return this;
  }

  /** A repeated field of varints, packed. */
  packed(field: number, values: readonly number[]): this {
    const inner = new ProtoWriter();
    for (const value of values) inner.#varint(value);
    return this.bytes(field, inner);
  }

  /** All that was written; a view that the next write may change. */
  finish(): Uint8Array<ArrayBuffer> {
    return this.#bytes.subarray(0, this.#length);
  }

  #varint(value: number | bigint): this {
    if (value < 0 || (typeof value === "number" && !Number.isSafeInteger(value)) || value >= 2n ** 64n) {
      throw new RangeError(`Cannot write ${value}: it is no integer from 0 to 2^64 - 1 that a number holds exactly`);
    }
    this.#room(10);
    let high = BigInt(value);
    for (; high > 0xffff_ffffn; high >>= 7n) this.#bytes[this.#length++] = Number(high & 0x7fn) | 0x80;
    let rest = Number(high);
    for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) this.#bytes[this.#length++] = (rest % 0x80) | 0x80;
    this.#bytes[this.#length++] = rest;
    return this;
  }

  #room(more: number): void {
    if (this.#length + more <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(this.#bytes.length * 2, this.#length + more));
    grown.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = grown;
  }
}
