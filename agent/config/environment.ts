import { shownValue } from "./setting.ts";
import type { Variable } from "./variable.ts";
import { variables } from "./variables.ts";

export { type LogLevel, logLevels } from "./log_level.ts";

/** What the agent reads from its environment, by the names of {@linkcode variables}. Ports are TCP port numbers. */
export type AgentEnvironment = {
  readonly [K in keyof typeof variables]: typeof variables[K] extends Variable<infer T> ? T : never;
};

/** The environment does not hold what the agent needs; `problems` are all of them. */
export class EnvironmentError extends Error {
  override readonly name = "EnvironmentError";

  constructor(readonly problems: readonly string[]) {
    super(`Cannot read the environment: ${problems.join("; ")}`);
  }
}

/**
 * Reads the environment by upstream's rules: a variable that is set, even to nothing, replaces its default; white space
 * around a value is dropped; nothing in a required variable is an error.
 *
 * @param getenv `undefined` for a variable that is not set
 * @throws {EnvironmentError} naming everything that is wrong
 */
export function parseEnvironment(getenv: (name: string) => string | undefined): AgentEnvironment {
  const problems: string[] = [];
  const entries = Object.entries<Variable<unknown>>(variables).map(([key, variable]) => [
    key,
    read(variable, { text: (getenv(variable.name) ?? variable.fallback).trim(), problems }),
  ]);
  if (problems.length > 0) throw new EnvironmentError(problems);
  return Object.fromEntries(entries); // one value of its type for each variable
}

/** The value of `text`; what is wrong with it is added to `problems`. */
function read<T>(variable: Variable<T>, { text, problems }: { text: string; problems: string[] }): T {
  const { name, required, allowed, empty } = variable;
  if (text === "") {
    if (required) problems.push(`empty value of ${name}`);
    return empty;
  }
  const value = variable.parse(text);
  if (value !== undefined) return value;
  problems.push(`${name} is ${shownValue(text)}, but must be ${allowed}`);
  return empty;
}
