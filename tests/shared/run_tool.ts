/** A command of the system failed; the message holds its own words. */
export class ToolError extends Error {
  override readonly name = "ToolError";
  constructor(readonly command: string, readonly code: number, readonly output: string) {
    super(`Cannot run ${command}: exit status ${code}: ${output.trim()}`);
  }
}

/**
 * Runs a command and waits for it. Synchronous, so that it runs in the netns this thread is in.
 *
 * @returns what it printed
 * @throws {ToolError} if it fails
 */
export function runTool(command: string, args: readonly string[]): string {
  const { code, stdout, stderr } = new Deno.Command(command, { args: [...args], stdin: "null" }).outputSync();
  const decoder = new TextDecoder();
  if (code === 0) return decoder.decode(stdout);
  throw new ToolError(`${command} ${args.join(" ")}`, code, decoder.decode(stderr) || decoder.decode(stdout));
}
