/**
 * JSON as Go's `encoding/json` reads it into a struct, because that is what upstream's annotations are written for:
 * keys match in any letter case, unknown keys are ignored, `null` is the zero value, a wrong type and text after the
 * value are errors.
 */

/** How one Go type is read. `path` says where in the text, as in `$[0].ipv4`. */
export interface GoDecoder<T> {
  /** Value of a missing key and of `null`. */
  zero(): T;
  /** @throws {SyntaxError} if `value` has another type */
  decode(value: unknown, path: string): T;
}

/** Annotations of one object take at most 256 KiB together (Kubernetes API), so more is never read. */
const maxTextLength = 256 * 1024;

/** Go `string`. */
export const goString: GoDecoder<string> = scalar("a string", isString, "");

/** Go `bool`. */
export const goBoolean: GoDecoder<boolean> = scalar("a boolean", isBoolean, false);

/**
 * Go slice of `item`.
 *
 * @param maxLength longer arrays are refused
 */
export function goArray<T>(item: GoDecoder<T>, maxLength: number): GoDecoder<T[]> {
  return {
    zero: () => [],
    decode(value, path) {
      if (!Array.isArray(value)) throw wrongType(path, "an array", value);
      if (value.length > maxLength) {
        throw new SyntaxError(`${path} has ${value.length} elements, at most ${maxLength} are read`);
      }
      return value.map((element, i) => decodeOrZero(item, element, `${path}[${i}]`));
    },
  };
}

/** Go struct with the JSON names of `fields`. */
export function goObject<T extends object>(fields: { readonly [K in keyof T]: GoDecoder<T[K]> }): GoDecoder<T> {
  const byFoldedName = new Map(keysOf(fields).map((name) => [name.toLowerCase(), name]));
  function zero(): T {
    return Object.fromEntries(keysOf(fields).map((name) => [name, fields[name].zero()])) as T;
  }
  return {
    zero,
    decode(value, path) {
      if (typeof value !== "object" || value === null || Array.isArray(value)) {
        throw wrongType(path, "an object", value);
      }
      const result = zero();
      for (const [key, member] of Object.entries(value)) {
        const name = byFoldedName.get(key.toLowerCase());
        // null leaves what an earlier spelling of the same key has set, as in Go
        if (name !== undefined && member !== null) result[name] = fields[name].decode(member, `${path}.${key}`);
      }
      return result;
    },
  };
}

/**
 * Reads `text`.
 *
 * @throws {SyntaxError} if it is not JSON, has a wrong type somewhere, or is over 256 KiB
 */
export function parseGoJson<T>(text: string, decoder: GoDecoder<T>): T {
  if (text.length > maxTextLength) throw new SyntaxError(`it is longer than ${maxTextLength} characters`);
  return decodeOrZero(decoder, parseJson(text), "$");
}

function parseJson(text: string): unknown {
  if (text.trim() === "") throw new SyntaxError("it is empty");
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new SyntaxError(`it is not JSON: ${text.length > 60 ? `${text.slice(0, 60)}…` : text}`, { cause });
  }
}

function decodeOrZero<T>(decoder: GoDecoder<T>, value: unknown, path: string): T {
  return value === null ? decoder.zero() : decoder.decode(value, path);
}

function scalar<T>(name: string, is: (value: unknown) => value is T, zero: T): GoDecoder<T> {
  return {
    zero: () => zero,
    decode(value, path) {
      if (!is(value)) throw wrongType(path, name, value);
      return value;
    },
  };
}

function isString(value: unknown): value is string {
  return typeof value === "string";
}

function isBoolean(value: unknown): value is boolean {
  return typeof value === "boolean";
}

function keysOf<T extends object>(fields: T): (keyof T & string)[] {
  return Object.keys(fields) as (keyof T & string)[];
}

function wrongType(path: string, want: string, value: unknown): SyntaxError {
  const have = Array.isArray(value) ? "an array" : typeof value === "object" ? "an object" : `a ${typeof value}`;
  return new SyntaxError(`${path} must be ${want}, it is ${have}`);
}
