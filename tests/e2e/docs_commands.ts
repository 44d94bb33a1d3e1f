/** Commands that a page of `docs/` tells people to run. */
import { join } from "node:path";
import { repository } from "../../scripts/build/folders.ts";

/**
 * Reads the lines of shell in one section, up to the next heading of any level.
 *
 * @param page such as `docs/install.md`
 * @param heading without `## `
 * @throws {Error} if there is no such section, or no command in it
 */
export function documentedCommands(page: string, heading: string): string[] {
  const commands = commandsIn(Deno.readTextFileSync(join(repository, page)), heading);
  if (commands.length === 0) throw new Error(`Cannot find commands in ${page} under the heading "${heading}"`);
  return commands;
}

/** Reads them from the text of a page: the lines that are indented as code, in a list more than its text; fenced blocks are files. */
export function commandsIn(markdown: string, heading: string): string[] {
  const section =
    markdown.replaceAll(/^```.*?^```$/gms, "").split(/^#{2,} /m).find((text) => text.startsWith(`${heading}\n`)) ?? "";
  return [...section.matchAll(/^ {4,}(\S.*)$/gm)].map(([, line = ""]) => line.trim());
}
