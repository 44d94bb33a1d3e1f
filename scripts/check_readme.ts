/** Commands that README.md must give, as `npx -y deno@<version> task <name>`. */
const commands = ["demo", "test"];

/**
 * Says what is wrong with the commands in README.md, the one place where Deno's version stands.
 *
 * @param version of the Deno that runs
 */
export function readmeProblems(readme: string, version: string): string[] {
  const found = [...readme.matchAll(/npx -y deno@(\S+) task ([a-z]+)/g)]
    .map(([text, version = "", task = ""]) => ({ text, version, task }));
  const missing = commands.filter((command) => !found.some(({ task }) => task === command));
  return [
    ...missing.map((command) => `README.md: Cannot find the command \`npx -y deno@${version} task ${command}\``),
    ...found.filter((command) => command.version !== version)
      .map(({ text }) => `README.md: \`${text}\` names another version than the Deno that runs: ${version}`),
  ];
}
