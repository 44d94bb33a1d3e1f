import { CommanderError } from "commander";
import { AgentUnreachableError } from "../api/mod.ts";
import { SettingsError } from "../config/settings.ts";
import { AgentRunsOnError } from "../remote.ts";

/** Exit statuses of `spiderpool-agent`. */
export const exitCodes = { done: 0, failed: 1, usage: 2, settings: 3, noAgent: 4, runsOn: 5 } as const;

/** One of {@linkcode exitCodes}. */
export type ExitCode = typeof exitCodes[keyof typeof exitCodes];

/** What each status means, for the reference page. */
export const exitCodeTexts: Readonly<Record<keyof typeof exitCodes, string>> = {
  done: "done; for `daemon`: it was told to stop, and did",
  failed: "it failed; standard error says why",
  usage: "the command line is not usable",
  settings: "a variable or a key of conf.yml is not usable; standard error names all of them",
  noAgent: "`shutdown`: no agent answers on the socket",
  runsOn: "`shutdown`: the agent was told to stop, but has requests that do not end",
};

/** The status that says what was thrown. */
export function exitCodeOf(err: unknown): ExitCode {
  if (err instanceof CommanderError) return err.exitCode === 0 ? exitCodes.done : exitCodes.usage;
  if (err instanceof SettingsError) return exitCodes.settings;
  if (err instanceof AgentUnreachableError) return exitCodes.noAgent;
  if (err instanceof AgentRunsOnError) return exitCodes.runsOn;
  return exitCodes.failed;
}
