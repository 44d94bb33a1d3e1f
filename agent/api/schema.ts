/** A JSON string; `pattern` is a regular expression that a non-empty value matches. */
export interface StringSchema {
  readonly type: "string";
  readonly pattern?: string;
}

/** `true` or `false`. */
export interface BooleanSchema {
  readonly type: "boolean";
}

/** A whole number, one of `enum` where that is given. */
export interface IntegerSchema {
  readonly type: "integer";
  readonly enum?: readonly number[];
}

/** A list of `items`. */
export interface ArraySchema {
  readonly type: "array";
  readonly items: Schema;
}

/**
 * A JSON object of type `T`. One table of this kind decodes a message, encodes it and describes it in the OpenAPI
 * document. Properties stand in alphabetical order, in which upstream validates and encodes them.
 */
export interface ObjectSchema<T = unknown> {
  readonly type: "object";
  /** Upstream's name of the model, used in messages. */
  readonly title: string;
  /** Properties that must be present and not null. */
  readonly required: readonly (string & keyof T)[];
  readonly properties: { readonly [K in keyof Required<T>]: Schema };
}

/** What a member of a message may look like. */
export type Schema = StringSchema | BooleanSchema | IntegerSchema | ArraySchema | AnyObjectSchema;

/** An {@linkcode ObjectSchema} whose type was forgotten. */
export interface AnyObjectSchema {
  readonly type: "object";
  readonly title: string;
  readonly required: readonly string[];
  readonly properties: Readonly<Record<string, Schema>>;
}
