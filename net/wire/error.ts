/** Where a piece of a message is, for error messages. */
export interface Place {
  /** Which piece, such as `link attribute mtu`. */
  readonly what: string;
  /** Bytes from the start of the message or payload that is decoded. */
  readonly offset: number;
}

/** Bytes that are not what the format says. */
export class WireError extends Error {
  override readonly name = "WireError";
  readonly what: string;
  readonly offset: number;

  /** @param problem what is wrong, such as `2 bytes, want 4` */
  constructor(place: Place, readonly problem: string) {
    super(`Cannot decode ${place.what} at offset ${place.offset}: ${problem}`);
    this.what = place.what;
    this.offset = place.offset;
  }
}
