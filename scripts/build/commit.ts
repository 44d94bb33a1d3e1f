import { repository } from "./folders.ts";
import { runCommand } from "./run_command.ts";

/** The commit that is built: 12 hexadecimal digits, `-modified` when files differ from it, `unknown` outside git. */
export async function currentCommit(): Promise<string> {
  try {
    const commit = await runCommand(["git", "rev-parse", "--short=12", "HEAD"], { cwd: repository });
    const changes = await runCommand(["git", "status", "--porcelain"], { cwd: repository });
    return commit.trim() + (changes === "" ? "" : "-modified");
  } catch {
    return "unknown"; // an unpacked archive, or a machine without git
  }
}
