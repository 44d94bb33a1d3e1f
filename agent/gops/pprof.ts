import { ProtoWriter } from "./protobuf.ts";

/** A function that was seen. */
export interface Frame {
  readonly name: string;
  readonly file: string;
  /** Where the function begins, counted from 1; 0 when it is not known. */
  readonly line: number;
}

/** How often or how much, and where. */
export interface ProfileSample {
  /** The innermost first. */
  readonly stack: readonly Frame[];
  /** One for each of {@linkcode ProfileData.types}; integers of 0 or more. */
  readonly values: readonly number[];
}

/** What a number means, such as `cpu` in `nanoseconds`. */
export interface ValueType {
  readonly type: string;
  readonly unit: string;
}

/** A profile as `go tool pprof` understands it. */
export interface ProfileData {
  readonly types: readonly ValueType[];
  readonly samples: readonly ProfileSample[];
  /** What one sample stands for. */
  readonly period: ValueType & { readonly value: number };
  /** Milliseconds since the epoch. */
  readonly takenAt: number;
  readonly durationMs: number;
}

/** Names fields of `message Profile`. Source: github.com/google/pprof, `proto/profile.proto`. */
const PROFILE = {
  SAMPLE_TYPE: 1,
  SAMPLE: 2,
  LOCATION: 4,
  FUNCTION: 5,
  STRING_TABLE: 6,
  TIME_NANOS: 9,
  DURATION_NANOS: 10,
  PERIOD_TYPE: 11,
  PERIOD: 12,
} as const;

const NANOS_PER_MS = 1_000_000;

/** Encodes `message Profile`, not compressed: each function is one location, its line that of its beginning. */
export function encodeProfile(data: ProfileData): Uint8Array<ArrayBuffer> {
  const profile = new ProtoWriter();
  const strings = new Numbering<string>((text) => text, 0);
  const frames = new Numbering<Frame>((frame) => JSON.stringify([frame.name, frame.file, frame.line]), 1);
  strings.of("");
  for (const type of data.types) profile.bytes(PROFILE.SAMPLE_TYPE, valueType(type, strings));
  for (const { stack, values } of data.samples) {
    const ids = stack.map((frame) => frames.of(frame));
    profile.bytes(PROFILE.SAMPLE, new ProtoWriter().packed(1, ids).packed(2, values));
  }
  frames.values.forEach((frame, i) => writeFrame(profile, { id: i + 1, frame, strings }));
  profile.bytes(PROFILE.PERIOD_TYPE, valueType(data.period, strings));
  profile.varint(PROFILE.PERIOD, data.period.value);
  profile.varint(PROFILE.TIME_NANOS, BigInt(Math.round(data.takenAt)) * BigInt(NANOS_PER_MS));
  profile.varint(PROFILE.DURATION_NANOS, Math.round(data.durationMs * NANOS_PER_MS));
  for (const text of strings.values) profile.bytes(PROFILE.STRING_TABLE, text);
  return profile.finish();
}

/** `message ValueType`. */
function valueType({ type, unit }: ValueType, strings: Numbering<string>): ProtoWriter {
  return new ProtoWriter().varint(1, strings.of(type)).varint(2, strings.of(unit));
}

/** `message Location` with its one `message Line`, and `message Function`; all share one number. */
function writeFrame(
  profile: ProtoWriter,
  { id, frame, strings }: { readonly id: number; readonly frame: Frame; readonly strings: Numbering<string> },
): void {
  const line = new ProtoWriter().varint(1, id).varint(2, frame.line);
  profile.bytes(PROFILE.LOCATION, new ProtoWriter().varint(1, id).bytes(4, line));
  const name = strings.of(frame.name);
  const fn = new ProtoWriter().varint(1, id).varint(2, name).varint(3, name).varint(4, strings.of(frame.file));
  profile.bytes(PROFILE.FUNCTION, fn.varint(5, frame.line));
}

/** Gives equal values the same number, counted up in the order of their first use. */
class Numbering<T> {
  readonly values: T[] = [];
  readonly #numbers = new Map<string, number>();
  readonly #keyOf: (value: T) => string;
  readonly #first: number;

  constructor(keyOf: (value: T) => string, first: number) {
    this.#keyOf = keyOf;
    this.#first = first;
  }

  of(value: T): number {
    const key = this.#keyOf(value);
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    const number = this.#first + this.values.length;
    this.#numbers.set(key, number);
    this.values.push(value);
    return number;
  }
}

/** Compresses, as pprof's files are by convention. */
export async function gzip(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  const compressed = new Blob([bytes]).stream().pipeThrough(new CompressionStream("gzip"));
  return new Uint8Array(await new Response(compressed).arrayBuffer());
}
