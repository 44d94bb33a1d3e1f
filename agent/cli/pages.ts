import type { Command } from "commander";

/** A page of Markdown about one command. */
export interface CommandPage {
  /** `spiderpool-agent_daemon.md`. */
  readonly file: string;
  readonly text: string;
}

/** A page about `cli`, and one about each of its commands that help shows. */
export function commandPages(cli: Command): CommandPage[] {
  return [cli, ...visibleCommands(cli)].map((command) => ({
    file: `${pathOf(command).join("_")}.md`,
    text: commandText(command),
  }));
}

/** Commands that help shows, in its order; `help` itself is left out. */
export function visibleCommands(cli: Command): Command[] {
  return cli.createHelp().visibleCommands(cli).filter((command) => command.name() !== "help");
}

/** Options that help shows, `--help` left out. */
export function visibleOptions(command: Command): ReturnType<ReturnType<Command["createHelp"]>["visibleOptions"]> {
  return command.createHelp().visibleOptions(command).filter(({ long }) => long !== "--help");
}

/** Names from the program down to `command`. */
function pathOf(command: Command): string[] {
  return [...(command.parent === null ? [] : pathOf(command.parent)), command.name()];
}

function commandText(command: Command): string {
  const name = pathOf(command).join(" ");
  const usage = command.usage() === "" ? name : `${name} ${command.usage()}`;
  const parts = [`## ${name}`, `${sentence(command.description())}`, `    ${usage}`, flagTable(command)];
  const commands = visibleCommands(command);
  if (commands.length > 0) parts.push(commandTable(commands));
  return `${parts.filter((part) => part !== "").join("\n\n")}\n`;
}

function flagTable(command: Command): string {
  const rows = visibleOptions(command).map(({ flags, defaultValue, mandatory, description }) => {
    const fallback = mandatory ? "required" : defaultValue === undefined ? "" : `\`${defaultValue}\``;
    return `| \`${flags}\` | ${fallback} | ${cell(description)} |`;
  });
  return rows.length === 0 ? "" : ["| flag | default | meaning |", "| --- | --- | --- |", ...rows].join("\n");
}

function commandTable(commands: readonly Command[]): string {
  const rows = commands.map((command) => `| \`${command.name()}\` | ${cell(command.description())} |`);
  return ["| command | what it does |", "| --- | --- |", ...rows].join("\n");
}

function sentence(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}.`;
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|");
}
