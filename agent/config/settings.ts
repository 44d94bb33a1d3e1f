import { type Conf, ConfError, parseConf, type UnknownKey } from "./conf.ts";
import { readConfFile } from "./conf_file.ts";
import { type AgentEnvironment, EnvironmentError, parseEnvironment } from "./environment.ts";

/** Everything that an agent is told from outside, each setting read once. */
export interface Settings {
  readonly environment: AgentEnvironment;
  readonly conf: Conf;
  /** `conf` as it stands in the file. */
  readonly confText: string;
  /** Keys of the file that nobody reads. */
  readonly unknownKeys: readonly UnknownKey[];
}

/** The agent cannot start with what it is told; `problems` are all flaws, of variables and of conf.yml. */
export class SettingsError extends Error {
  override readonly name = "SettingsError";

  constructor(readonly problems: readonly string[], options?: ErrorOptions) {
    super(`Cannot use the settings: ${problems.join("; ")}`, options);
  }
}

/** Where settings come from. */
export interface SettingsSources {
  /** `undefined` for a variable that is not set. */
  readonly getenv: (name: string) => string | undefined;
  /** Path of `conf.yml`. */
  readonly path: string;
}

/**
 * Reads variables and `conf.yml`.
 *
 * @throws {SettingsError} naming everything that is wrong with both
 */
export async function readSettings({ getenv, path }: SettingsSources): Promise<Settings> {
  const problems: string[] = [];
  const environment = environmentOf(getenv, problems);
  const file = await confOf(path, problems);
  if (environment === undefined || file === undefined) throw new SettingsError(problems);
  return { environment, ...file };
}

/**
 * Reads `conf.yml` alone.
 *
 * @throws {SettingsError}
 */
export async function readConf(path: string): Promise<Omit<Settings, "environment">> {
  const problems: string[] = [];
  const file = await confOf(path, problems);
  if (file === undefined) throw new SettingsError(problems);
  return file;
}

function environmentOf(getenv: SettingsSources["getenv"], problems: string[]): AgentEnvironment | undefined {
  try {
    return parseEnvironment(getenv);
  } catch (err) {
    if (!(err instanceof EnvironmentError)) throw err;
    problems.push(...err.problems);
    return undefined;
  }
}

async function confOf(path: string, problems: string[]): Promise<Omit<Settings, "environment"> | undefined> {
  try {
    const confText = await readConfFile(path);
    return { ...parseConf(confText), confText };
  } catch (err) {
    const told = err instanceof ConfError ? err.problems : [err instanceof Error ? err.message : String(err)];
    problems.push(...told.map((problem) => `${path}: ${problem}`));
    return undefined;
  }
}
