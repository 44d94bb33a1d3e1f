/** Commands that a page of `docs/` tells people to run. */
import { join } from "node:path";
import { repository } from "../../scripts/build/folders.ts";

/**
 * Reads the kubectl commands of one section, each as its arguments.
 *
 * @param page such as `docs/install.md`
 * @param heading without `## `
 * @throws {Error} if there is no such section, or no command in it
 */
export function documentedCommands(page: string, heading: string): string[][] {
  const commands = commandsIn(Deno.readTextFileSync(join(repository, page)), heading);
  if (commands.length === 0) throw new Error(`Cannot find kubectl commands in ${page} under "## ${heading}"`);
  return commands;
}

/** Reads them from the text of a page: indented lines that begin with `kubectl`. */
export function commandsIn(markdown: string, heading: string): string[][] {
  const section = markdown.split(/^## /m).find((text) => text.startsWith(`${heading}\n`)) ?? "";
  return [...section.matchAll(/^ {4,}kubectl (.+)$/gm)].map(([, words = ""]) => words.trim().split(/\s+/));
}
