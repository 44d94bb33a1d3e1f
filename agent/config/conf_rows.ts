import { type About, aboutOf } from "./about.ts";
import { confSchema } from "./conf_schema.ts";
import type { SettingRow } from "./setting.ts";

/** One key of `conf.yml` that holds a value, or a list. */
export interface ConfRow extends SettingRow {
  readonly readBy: NonNullable<About["readBy"]>;
  /** Whether a running agent takes a change over. */
  readonly reload: boolean;
}

/** All keys, in the order of the schema; those inside lists have `[]` in their path. */
export function confRows(): ConfRow[] {
  return rowsOf(confSchema, "");
}

function rowsOf(schema: object, path: string): ConfRow[] {
  const inner = unwrapped(schema);
  if ("entries" in inner) {
    const entries = Object.entries(inner.entries as Record<string, object>); // valibot's ObjectSchema
    return entries.flatMap(([key, member]) => rowsOf(member, path === "" ? key : `${path}.${key}`));
  }
  return [rowOf(schema, path), ...("item" in inner ? itemRows(inner.item as object, `${path}[]`) : [])];
}

/** Keys of what a list holds; a list of texts has none. */
function itemRows(item: object, path: string): ConfRow[] {
  return "entries" in unwrapped(item) ? rowsOf(item, path) : [];
}

function rowOf(schema: object, name: string): ConfRow {
  const told = aboutOf(schema);
  const { type = "", allowed = "", text = "", since = "upstream", readBy = "agent", reload = false } = told;
  return { name, type, allowed, text, since, readBy, reload, default: defaultOf(schema) };
}

function defaultOf(schema: object): string {
  const { fallback } = aboutOf(schema);
  if (fallback !== undefined) return fallback;
  const value = "default" in schema ? schema.default : undefined;
  return value === undefined ? "" : JSON.stringify(value);
}

/** The schema inside `nullish`. */
export function unwrapped(schema: object): object {
  return "wrapped" in schema ? unwrapped(schema.wrapped as object) : schema; // valibot's NullishSchema
}
