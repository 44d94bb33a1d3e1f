import type { SettingText } from "./setting.ts";

/** One environment variable, and how its text becomes a value. */
export interface Variable<T> extends SettingText {
  readonly name: string;
  /** For people: `boolean`, `port`, … */
  readonly type: string;
  /** What is allowed, after "must be". */
  readonly allowed: string;
  /** Text that counts when the variable is not set. @default "" */
  readonly fallback: string;
  /** Whether it must not be empty. */
  readonly required: boolean;
  /** The value where there is no text. */
  readonly empty: T;
  /** The value of a text, which is trimmed and not empty; `undefined` when it is not allowed. */
  readonly parse: (text: string) => T | undefined;
}

/** What all kinds of variables have in common. */
export interface VariableOptions extends SettingText {
  readonly name: string;
  /** @default "" */
  readonly fallback?: string;
  /** @default false */
  readonly required?: boolean;
}

const trueWords: readonly string[] = ["1", "t", "T", "TRUE", "true", "True"];
const falseWords: readonly string[] = ["0", "f", "F", "FALSE", "false", "False"];

/** Any text. */
export function textVariable(options: VariableOptions): Variable<string> {
  return variableOf(options, { type: "string", allowed: "any text", empty: "", parse: (text) => text });
}

/** Texts separated by commas. */
export function listVariable(options: VariableOptions): Variable<readonly string[]> {
  const parse = (text: string) => text.split(",").map((part) => part.trim()).filter((part) => part !== "");
  return variableOf(options, { type: "list", allowed: "texts separated by commas", empty: [], parse });
}

/** `true` and `false` in the words of Go's `strconv.ParseBool`. */
export function flagVariable(options: VariableOptions): Variable<boolean> {
  const parse = (text: string) => trueWords.includes(text) || (falseWords.includes(text) ? false : undefined);
  return variableOf(options, { type: "boolean", allowed: "true or false", empty: false, parse });
}

/** A whole number of 0 or more. */
export function countVariable(options: VariableOptions): Variable<number> {
  const parse = (text: string) => /^\+?\d{1,15}$/.test(text) ? Number(text) : undefined;
  return variableOf(options, { type: "integer", allowed: "a whole number of 0 or more", empty: 0, parse });
}

/** A TCP port; `empty` is what no text means. */
export function portVariable<E extends number | undefined>(
  options: VariableOptions & { readonly empty: E },
): Variable<number | E> {
  const { empty } = options;
  return variableOf<number | E>(options, { type: "port", allowed: "a port from 1 to 65535", empty, parse: portOf });
}

/** One of `words`, in any case. */
export function wordVariable<W extends string>(
  words: readonly W[],
  options: VariableOptions & { readonly empty: W },
): Variable<W> {
  const { empty } = options;
  const parse = (text: string) => words.find((word) => word === text.toLowerCase());
  return variableOf(options, { type: "word", allowed: `one of ${words.join(", ")}`, empty, parse });
}

type Kind<T> = Pick<Variable<T>, "type" | "allowed" | "empty" | "parse">;

function variableOf<T>(options: VariableOptions, kind: Kind<T>): Variable<T> {
  return { fallback: "", required: false, ...options, ...kind };
}

function portOf(text: string): number | undefined {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  return port >= 1 && port <= 65_535 ? port : undefined;
}
