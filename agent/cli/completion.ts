import type { Command } from "commander";
import { visibleCommands, visibleOptions } from "./pages.ts";

/** Shells that {@linkcode completionScript} knows. */
export const shells = ["bash", "zsh", "fish"] as const;

/** One of {@linkcode shells}. */
export type Shell = typeof shells[number];

/** A script that teaches `shell` the commands and flags of `cli`; to be sourced. */
export function completionScript(cli: Command, shell: Shell): string {
  switch (shell) {
    case "bash":
      return bashScript(cli);
    case "zsh":
      return `autoload -U +X bashcompinit && bashcompinit\n${bashScript(cli)}`;
    case "fish":
      return fishScript(cli);
    default:
      return shell satisfies never;
  }
}

function bashScript(cli: Command): string {
  const name = cli.name();
  const fn = `_${name.replaceAll(/\W/g, "_")}`;
  const commands = visibleCommands(cli);
  const cases = commands.map((command) => `    ${command.name()}) words="${flagsOf(command).join(" ")}" ;;`);
  return `${fn}() {
  local words="${[...commands.map((command) => command.name()), ...flagsOf(cli)].join(" ")}"
  [ "$COMP_CWORD" -gt 1 ] && case "\${COMP_WORDS[1]}" in
${cases.join("\n")}
    *) words="" ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F ${fn} ${name}
`;
}

function fishScript(cli: Command): string {
  const start = `complete -c ${cli.name()}`;
  const lines = visibleCommands(cli).flatMap((command) => [
    `${start} -f -n __fish_use_subcommand -a ${command.name()} -d ${quoted(command.description())}`,
    ...visibleOptions(command).map(({ long, description }) =>
      `${start} -n '__fish_seen_subcommand_from ${command.name()}' -l ${long?.slice(2)} -d ${quoted(description)}`
    ),
  ]);
  return `${lines.join("\n")}\n`;
}

function flagsOf(command: Command): string[] {
  return [...visibleOptions(command).flatMap(({ long }) => long ?? []), "--help"];
}

function quoted(text: string): string {
  return `'${text.replaceAll(/['\\]/g, "\\$&")}'`;
}
