/** Bytes that are appended at one end and taken at the other. A byte is copied a bounded number of times, however small the pieces. */
export class ByteQueue {
  #buffer = new Uint8Array();
  #start = 0;
  #end = 0;

  /** Bytes held. */
  get length(): number {
    return this.#end - this.#start;
  }

  /** The bytes held; valid until the next call. */
  view(): Uint8Array<ArrayBuffer> {
    return this.#buffer.subarray(this.#start, this.#end);
  }

  append(bytes: Uint8Array): void {
    if (this.#end + bytes.length > this.#buffer.length) this.#makeRoom(bytes.length);
    this.#buffer.set(bytes, this.#end);
    this.#end += bytes.length;
  }

  /**
   * Takes the first `count` bytes.
   *
   * @throws {RangeError} when there are fewer
   */
  take(count: number): Uint8Array<ArrayBuffer> {
    if (count > this.length) throw new RangeError(`Cannot take ${count} bytes: there are ${this.length}`);
    const bytes = this.#buffer.slice(this.#start, this.#start + count);
    this.#start += count;
    if (this.#start === this.#end) this.#start = this.#end = 0;
    return bytes;
  }

  #makeRoom(count: number): void {
    const held = this.view();
    const needed = held.length + count;
    const buffer = needed * 2 <= this.#buffer.length ? this.#buffer : new Uint8Array(needed * 2);
    buffer.set(held);
    this.#buffer = buffer;
    this.#start = 0;
    this.#end = held.length;
  }
}
