import { libc } from "./libc.ts";

/** Entries looked at, at most: a list without an end must not be followed for ever. */
const MOST = 10_000;
const POINTER_BYTES = 8; // of the 64-bit systems that Deno runs on

/**
 * Names of this process's environment variables, at most {@linkcode MOST}, by the list of environ(7). Deno lists them
 * only to a program that may read all of their values, and keeps `/proc/self/environ` for those with all permissions.
 */
export function environmentNames(): string[] {
  const { environ } = libc();
  const list = environ === null ? null : new Deno.UnsafePointerView(environ).getPointer();
  if (list === null) return [];
  const entries = new Deno.UnsafePointerView(list);
  const names: string[] = [];
  for (let i = 0; i < MOST; i++) {
    const entry = entries.getPointer(i * POINTER_BYTES);
    if (entry === null) break;
    const [name = ""] = new Deno.UnsafePointerView(entry).getCString().split("=", 1);
    names.push(name);
  }
  return names;
}
