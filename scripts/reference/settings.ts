import { describedCli } from "../../agent/cli/described.ts";
import { exitCodes, exitCodeTexts } from "../../agent/cli/exit_codes.ts";
import { commandPages } from "../../agent/cli/pages.ts";
import { type ConfRow, confRows } from "../../agent/config/conf_rows.ts";
import type { Since } from "../../agent/config/setting.ts";
import type { Variable } from "../../agent/config/variable.ts";
import { variables } from "../../agent/config/variables.ts";
import { code, markdownPage, markdownTable } from "./markdown.ts";

const SINCE = "Since: `upstream` is a setting that upstream Spiderpool v1.2 has, too; a version is this project's own.";

/** `docs/reference/flags.md`: commands, flags and exit statuses of the agent. */
export function flagsPage(): string {
  const statuses = Object.entries(exitCodes) as [keyof typeof exitCodes, number][]; // its own keys
  return markdownPage("agent/cli.ts", [
    "# Commands and flags of spiderpool-agent",
    ...commandPages(describedCli()).map(({ text }) => text.trimEnd()),
    "## Exit status",
    markdownTable(["status", "meaning"], statuses.map(([name, status]) => [String(status), exitCodeTexts[name]])),
  ]);
}

/** `docs/reference/variables.md`: environment variables of the agent. */
export function variablesPage(): string {
  const rows = Object.values<Variable<unknown>>(variables);
  return markdownPage("agent/config/variables.ts", [
    "# Environment variables of spiderpool-agent",
    "Read once, when `daemon` starts; a change needs a restart. A variable that is set, even to nothing, replaces its " +
    "default. What is wrong with variables and with [conf.yml](conf.md) is told all at once, and the agent ends with " +
    "status 3. One that begins with `SPIDERPOOL_` and is not below is ignored; the log names it, and the one that was " +
    "probably meant.",
    SINCE,
    markdownTable(
      ["variable", "type", "default", "allowed", "meaning", "since"],
      rows.map(({ name, type, fallback, required, allowed, text, since }) => [
        code(name),
        type,
        code(fallback) || (required ? "required" : ""),
        allowed,
        text,
        sinceText(since),
      ]),
    ),
  ]);
}

/** `docs/reference/conf.md`: keys of `conf.yml`. */
export function confPage(): string {
  return markdownPage("agent/config/conf_schema.ts", [
    "# Keys of conf.yml",
    "The key `conf.yml` of the ConfigMap `spiderpool-conf`, one file for all components. An unknown key is ignored; " +
    "the log names it, and the key that was probably meant.",
    "**While it runs** the agent looks at the file every five seconds. Keys marked *live* are taken over, a change as a " +
    "whole or not at all: one that has a key that needs a restart waits for it, and the log names its keys. Each key " +
    "that is taken over is logged with old and new value. A file that cannot be used changes nothing and is logged once.",
    SINCE,
    ...confParts(confRows()),
  ]);
}

/** One table for what is set by hand, one for what this version only checks. */
function confParts(rows: readonly ConfRow[]): string[] {
  const head = ["key", "type", "default", "allowed", "meaning", "read by", "change", "since"];
  const used = rows.filter(({ readBy }) => readBy !== "nobody yet");
  const unused = rows.filter(({ readBy }) => readBy === "nobody yet");
  return [
    markdownTable(head, used.map(confCells)),
    "## Checked, but not used by this version",
    markdownTable(head, unused.map(confCells)),
  ];
}

function confCells({ name, type, allowed, text, readBy, reload, since, ...row }: ConfRow): string[] {
  return [code(name), type, code(row.default), allowed, text, readBy, reload ? "*live*" : "restart", sinceText(since)];
}

function sinceText(since: Since = "upstream"): string {
  return since;
}
