import type { SettingText } from "./setting.ts";

/** Who reads a key. */
export type Reader = "agent" | "controller" | "agent, controller" | "nobody yet";

/** What a schema says about itself, for people and for the take-over of changes. */
export interface About extends Partial<SettingText> {
  readonly type?: string;
  /** After "must be". */
  readonly allowed?: string;
  /** What a missing key is, where the schema itself does not say it. */
  readonly fallback?: string;
  /** @default "agent" */
  readonly readBy?: Reader;
  /** Whether a running agent takes a change over; the others need a restart. @default false */
  readonly reload?: boolean;
}

/** `schema` with what is to be said about it, besides what is said already. */
export function about<S extends object>(schema: S, told: About): S & { readonly about: About } {
  return { ...schema, about: { ...aboutOf(schema), ...told } };
}

/** What was said about `schema`, and about what it wraps where it says nothing itself. */
export function aboutOf(schema: object): About {
  const inner = "wrapped" in schema && isObject(schema.wrapped) ? aboutOf(schema.wrapped) : {};
  return { ...inner, ...("about" in schema && isObject(schema.about) ? schema.about : {}) };
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
