import { IpamError, type IpamErrorCode } from "./errors.ts";
import { goArray, type GoDecoder, goString, parseGoJson } from "./go_json.ts";

/** An annotation's text and whose it is, for messages: `Pod "ns1/p"`. */
export interface AnnotationText {
  readonly text: string;
  readonly owner: string;
}

/** Most NICs an annotation speaks of. */
export const maxNics = 64;
/** Most items of an annotation that lists names. */
export const maxNames = 256;
/** Names as an annotation lists them, at most {@linkcode maxNames}. */
export const nameList = goArray(goString, maxNames);

/**
 * Reads the JSON of the annotation `key`.
 *
 * @param options `code`: what the error says went wrong. @default "wrong-input"
 * @throws {IpamError} with `code`
 */
export function decodeAnnotation<T>(
  annotation: AnnotationText,
  { key, decoder, code = "wrong-input" }: {
    readonly key: string;
    readonly decoder: GoDecoder<T>;
    readonly code?: IpamErrorCode;
  },
): T {
  try {
    return parseGoJson(annotation.text, decoder);
  } catch (cause) {
    const problem = cause instanceof Error ? cause.message : String(cause);
    throw new IpamError(code, describe(key, annotation, problem), { cause });
  }
}

/** The error of an annotation that cannot be used. `detail` follows the annotation's key and owner. */
export function wrongInput(key: string, annotation: AnnotationText, detail: string): IpamError {
  return new IpamError("wrong-input", describe(key, annotation, detail));
}

/** Refuses what occurs twice. @throws {IpamError} `wrong-input` if one of `values` does */
export function refuseRepeated(key: string, annotation: AnnotationText, values: readonly string[]): void {
  const repeated = values.find((value, i) => values.indexOf(value) !== i);
  if (repeated !== undefined) throw wrongInput(key, annotation, `${JSON.stringify(repeated)} occurs more than once`);
}

function describe(key: string, { owner }: AnnotationText, detail: string): string {
  return `annotation ${key} of ${owner}: ${detail}`;
}
